package dev.holdfast.terminal;

/**
 * How a cell looks, in one number; 0 is the default.
 *
 * <pre>
 *   bits  0-24 foreground   25-49 background   50-52 underline   53-60 a bit for each attribute
 *   colour: 0 default, 1 + i of the palette's 256, or bit 24 and 0xRRGGBB
 *   underline: 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed
 * </pre>
 */
final class Style {
  static final long DEFAULT = 0;

  static final int RGB = 1 << 24;
  static final int MOST_UNDERLINE = 5;

  static final long BOLD = 1L << 53;
  static final long DIM = 1L << 54;
  static final long ITALIC = 1L << 55;
  static final long BLINK = 1L << 56;
  static final long INVERSE = 1L << 57;
  static final long HIDDEN = 1L << 58;
  static final long STRIKE = 1L << 59;
  static final long OVERLINE = 1L << 60;

  private static final int COLOUR_BITS = 25;
  private static final long COLOUR = (1L << COLOUR_BITS) - 1;
  private static final int UNDERLINE_AT = 50;
  private static final long UNDERLINE = 7L << UNDERLINE_AT;

  private Style() {}

  static int foreground(long style) {
    return (int) (style & COLOUR);
  }

  static int background(long style) {
    return (int) (style >>> COLOUR_BITS & COLOUR);
  }

  static int underline(long style) {
    return (int) ((style & UNDERLINE) >>> UNDERLINE_AT);
  }

  static long withForeground(long style, int colour) {
    return (style & ~COLOUR) | colour;
  }

  static long withBackground(long style, int colour) {
    return (style & ~(COLOUR << COLOUR_BITS)) | (long) colour << COLOUR_BITS;
  }

  static long withUnderline(long style, int kind) {
    return (style & ~UNDERLINE) | (long) kind << UNDERLINE_AT;
  }

  /** What an erased cell looks like: the background only (xterm's "bce"). */
  static long erased(long style) {
    return style & (COLOUR << COLOUR_BITS);
  }
}
