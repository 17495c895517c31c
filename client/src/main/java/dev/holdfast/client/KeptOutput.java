package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The output of a {@link KeptSession}. Tells when the first of it comes, for then the multiplexer
 * has the terminal and may be typed to. And as {@code screen} can't be told on its command line to
 * leave the alternate screen alone, what switches to it is taken out: {@code screen} itself never
 * passes on such a switch from what runs in it. That it is {@code screen} stands at the beginning.
 * Confined to its reader.
 */
final class KeptOutput extends FilterInputStream {
  /** What is before screen's own output; private, and ignored by terminals. */
  static final String SCREEN_COMES = "\033]7707;holdfast;screen\007";

  private static final List<String> SWITCHES =
      List.of("\033[?1049h", "\033[?1049l", "\033[?1047h", "\033[?1047l", "\033[?47h", "\033[?47l");

  private final Runnable first;
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private final StringBuilder begun = new StringBuilder();
  private List<String> taken = List.of(SCREEN_COMES);
  private boolean isScreen;
  private boolean toldFirst;
  private byte[] ready = new byte[0];
  private int at;

  /**
   * That of {@code in}.
   *
   * @param first run once when output comes
   */
  KeptOutput(InputStream in, Runnable first) {
    super(in);
    this.first = first;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (at == ready.length) {
      if (taken.isEmpty() && begun.isEmpty()) {
        return super.read(target, offset, length);
      }
      int count = super.read(target, offset, length);
      if (count < 0) {
        return count;
      }
      filter(target, offset, count);
    }
    if (!toldFirst) {
      toldFirst = true;
      first.run();
    }
    int count = Math.min(length, ready.length - at);
    System.arraycopy(ready, at, target, offset, count);
    at += count;
    return count;
  }

  private void filter(byte[] bytes, int offset, int count) {
    passed.reset();
    for (int i = 0; i < count; i++) {
      take((char) (bytes[offset + i] & 0xff));
    }
    ready = passed.toByteArray();
    at = 0;
  }

  private void take(char c) {
    begun.append(c);
    while (!begun.isEmpty() && !isBeginning()) {
      passed.write(begun.charAt(0));
      begun.deleteCharAt(0);
      if (!isScreen) {
        taken = List.of();
      }
    }
    String whole = begun.toString();
    if (taken.contains(whole)) {
      begun.setLength(0);
      isScreen = true;
      taken = SWITCHES;
    }
  }

  private boolean isBeginning() {
    String text = begun.toString();
    return taken.stream().anyMatch(one -> one.startsWith(text));
  }
}
