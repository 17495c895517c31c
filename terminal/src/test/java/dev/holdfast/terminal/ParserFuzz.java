package dev.holdfast.terminal;

import java.util.Arrays;

/** Fuzz target: whatever a program writes, and what is repainted of it. */
public final class ParserFuzz {
  private static final Settings SETTINGS = new Settings(Settings.LEAST_SCROLLBACK, true);
  private static final Size SIZE = new Size(30, 8);

  /** Far more than a repaint of 240 cells and 4 KiB of scrollback can need. */
  private static final int MOST_REPAINTED = 256 * 1024;

  private ParserFuzz() {}

  /**
   * Fails if the bytes mean something else in pieces, if a repaint does not lead to the same
   * screen, is not bounded or asks for an answer.
   */
  public static void fuzzerTestOneInput(byte[] written) {
    Terminal whole = new Terminal(SIZE, SETTINGS);
    whole.feed(written);
    Terminal byBytes = new Terminal(SIZE, SETTINGS);
    for (int i = 0; i < written.length; i++) {
      byBytes.feed(written, i, i + 1);
    }
    same("pieces", StateText.of(whole), StateText.of(byBytes));
    byte[] repaint = Repaint.of(whole, SIZE, Repaint.From.CURSOR, 0);
    Terminal fresh = new Terminal(SIZE, SETTINGS);
    fresh.feed(repaint);
    same("repaint", screen(whole), screen(fresh));
    if (repaint.length > MOST_REPAINTED || !fresh.hasNoAnswers()) {
      throw new AssertionError("a repaint of " + repaint.length + " bytes");
    }
    if (written.length > 1) {
      whole.resize(new Size(1 + (written[0] & 0x3f), 1 + (written[1] & 0x1f)));
      whole.feed(Arrays.copyOfRange(written, written.length / 2, written.length));
      Repaint.of(whole, SIZE, Repaint.From.TOP, whole.scrollbackEnd() / 2);
    }
  }

  private static void same(String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new AssertionError(what + "\n" + expected + "\nbut\n" + found);
    }
  }

  private static String screen(Terminal terminal) {
    String all = StateText.of(terminal);
    return all.substring(0, all.indexOf("scrollback\n"));
  }
}
