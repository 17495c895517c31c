package dev.holdfast.terminal;

/**
 * The size of a terminal in cells.
 *
 * @param columns 1 to {@link #MOST_COLUMNS}
 * @param rows 1 to {@link #MOST_ROWS}
 */
public record Size(int columns, int rows) {
  /** Widest screen that is kept; a wider window is taken to be this wide. */
  public static final int MOST_COLUMNS = 1000;

  /** Highest screen that is kept. */
  public static final int MOST_ROWS = 500;

  public Size {
    if (columns < 1 || columns > MOST_COLUMNS || rows < 1 || rows > MOST_ROWS) {
      throw new IllegalArgumentException("a terminal of " + columns + "x" + rows);
    }
  }

  /** What a client asks for, within the bounds; 0 stands for 80 columns or 24 rows. */
  public static Size wanted(int columns, int rows) {
    return new Size(
        columns == 0 ? 80 : Math.clamp(columns, 1, MOST_COLUMNS),
        rows == 0 ? 24 : Math.clamp(rows, 1, MOST_ROWS));
  }
}
