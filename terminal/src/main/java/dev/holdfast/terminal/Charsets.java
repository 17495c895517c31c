package dev.holdfast.terminal;

/**
 * The four designated sets of characters and which of them is in use: ISO 2022, as far as terminals
 * still have it. A set is named by the final byte of its designation; those that are neither DEC's
 * line drawing nor the British one count as ASCII.
 *
 * @param sets the names of G0 to G3, each in a byte, G0 in the lowest
 * @param shift which of them is printed with
 */
record Charsets(int sets, int shift) {
  static final Charsets ASCII = new Charsets(0x42424242, 0);

  private static final char LINE_DRAWING = '0';
  private static final char BRITISH = 'A';

  /** VT100's special graphics, from 0x5f to 0x7e. */
  private static final String GRAPHICS = " ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

  private static final int GRAPHICS_BEGIN = 0x5f;

  Charsets designated(int which, int name) {
    int known = name == LINE_DRAWING || name == BRITISH ? name : 'B';
    int at = 8 * which;
    return new Charsets((sets & ~(0xff << at)) | known << at, shift);
  }

  Charsets shifted(int which) {
    return new Charsets(sets, which);
  }

  int name(int which) {
    return (sets >> (8 * which)) & 0xff;
  }

  /** Whether printable ASCII means itself. */
  boolean isPlain() {
    return name(shift) == 'B';
  }

  /** What a byte of printable ASCII means in the set {@code which}. */
  int translated(int c, int which) {
    int name = name(which);
    if (name == LINE_DRAWING && c >= GRAPHICS_BEGIN) {
      return GRAPHICS.charAt(c - GRAPHICS_BEGIN);
    }
    return name == BRITISH && c == '#' ? '£' : c;
  }
}
