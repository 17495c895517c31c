package dev.holdfast.terminal;

/**
 * How a terminal is kept.
 *
 * @param scrollbackBytes most bytes that are kept of lines above the screen, as bytes that print
 *     them
 * @param reflow whether lines that were wrapped are wrapped anew when the width changes
 */
public record Settings(int scrollbackBytes, boolean reflow) {
  /** Least scrollback: a row's bytes, in any style that can be, have room mostly. */
  public static final int LEAST_SCROLLBACK = 4096;

  /** Most scrollback of one terminal. */
  public static final int MOST_SCROLLBACK = 256 * 1024 * 1024;

  /** Some 20,000 lines of plain text. */
  public static final Settings DEFAULT = new Settings(1024 * 1024, true);

  public Settings {
    if (scrollbackBytes < LEAST_SCROLLBACK || scrollbackBytes > MOST_SCROLLBACK) {
      throw new IllegalArgumentException("a scrollback of " + scrollbackBytes + " bytes");
    }
  }
}
