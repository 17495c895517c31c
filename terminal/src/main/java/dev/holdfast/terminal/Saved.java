package dev.holdfast.terminal;

/**
 * What DECSC saves and DECRC restores (VT510, DECSC).
 *
 * @param pending whether the next character would wrap
 * @param underline the underline's colour
 */
record Saved(
    int x, int y, boolean pending, long style, int underline, Charsets charsets, boolean origin) {
  static final Saved HOME = new Saved(0, 0, false, Style.DEFAULT, 0, Charsets.ASCII, false);
}
