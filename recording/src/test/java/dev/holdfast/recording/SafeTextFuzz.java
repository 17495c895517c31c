package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;

/** Fuzz target: whatever a program writes that is played to a watcher. */
public final class SafeTextFuzz {
  private SafeTextFuzz() {}

  /** Fails if a terminal that is shown the rest answers, or if filtering it again changes it. */
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] shown = new SafeText(SafeText.Keep.SCREEN).filter(input);
    Terminal terminal =
        new Terminal(new Size(20, 5), new Settings(Settings.LEAST_SCROLLBACK, true));
    terminal.feed(shown);
    if (!terminal.hasNoAnswers() || !terminal.title().isEmpty()) {
      throw new AssertionError("it answers, or has a title");
    }
    byte[] again = new SafeText(SafeText.Keep.SCREEN).filter(shown);
    if (!java.util.Arrays.equals(shown, again)) {
      throw new AssertionError("filtered again it is something else");
    }
    String text = new String(new SafeText(SafeText.Keep.TEXT).filter(input), UTF_8);
    if (text.chars()
        .anyMatch(c -> (c < 0x20 && c != '\n' && c != '\t') || (c > 0x7e && c < 0xa0))) {
      throw new AssertionError("a control character in text");
    }
  }
}
