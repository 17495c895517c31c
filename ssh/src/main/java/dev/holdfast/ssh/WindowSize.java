package dev.holdfast.ssh;

/**
 * The size of a terminal's window (RFC 4254 6.2, 6.7). What a client sends is cut to what a pty can
 * hold.
 *
 * @param columns of characters, 0 to {@link #MOST}; 0 if the client does not know
 * @param rows likewise
 * @param widthPixels likewise
 * @param heightPixels likewise
 */
public record WindowSize(int columns, int rows, int widthPixels, int heightPixels) {
  /** The largest number in a {@code struct winsize}, ioctl_tty(2). */
  public static final int MOST = 0xffff;

  public WindowSize {
    columns = cut(columns);
    rows = cut(rows);
    widthPixels = cut(widthPixels);
    heightPixels = cut(heightPixels);
  }

  private static int cut(int number) {
    return Integer.compareUnsigned(number, MOST) > 0 ? MOST : number;
  }
}
