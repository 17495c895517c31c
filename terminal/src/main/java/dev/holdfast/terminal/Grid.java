package dev.holdfast.terminal;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a screen, and where those go that leave it at its top. Rows are numbered from 0,
 * downwards. Confined to its screen.
 */
final class Grid {
  private final @Nullable Scrollback scrollback;
  private final Ink ink = new Ink();
  private final RowInk printer = new RowInk(ink);
  private Row[] rows;
  private int first;
  private final int columns;

  /** All blank. */
  Grid(Size size, @Nullable Scrollback scrollback) {
    this(blank(size), size.columns(), scrollback);
  }

  Grid(Row[] rows, int columns, @Nullable Scrollback scrollback) {
    this.rows = rows;
    this.columns = columns;
    this.scrollback = scrollback;
  }

  int rows() {
    return rows.length;
  }

  int columns() {
    return columns;
  }

  boolean keepsScrollback() {
    return scrollback != null;
  }

  Row row(int y) {
    int at = first + y;
    return rows[at < rows.length ? at : at - rows.length];
  }

  /**
   * Whether row {@code y} goes on with the line of the row above, as printing them would have it.
   */
  boolean isContinued(int y) {
    Row row = row(y);
    if (y == 0) {
      return scrollback != null && scrollback.isContinuedBy(row);
    }
    return row.continued && row.text[0] != Row.BLANK && row(y - 1).isFull(row.isWide(0));
  }

  /** Rows from {@code top} to {@code bottom} move up by {@code count}; blank ones come in below. */
  void scrollUp(int top, int bottom, int count, long erased) {
    int n = Math.min(count, bottom - top + 1);
    for (int i = 0; i < n; i++) {
      if (top == 0) {
        keep(row(0));
      }
      if (top == 0 && bottom == rows.length - 1) {
        Row gone = row(0);
        gone.clear(erased);
        first = first + 1 == rows.length ? 0 : first + 1;
      } else {
        rotateUp(top, bottom, erased);
      }
    }
  }

  /** Rows from {@code top} to {@code bottom} move down; those that leave are lost. */
  void scrollDown(int top, int bottom, int count, long erased) {
    int n = Math.min(count, bottom - top + 1);
    for (int i = 0; i < n; i++) {
      Row gone = row(bottom);
      for (int y = bottom; y > top; y--) {
        set(y, row(y - 1));
      }
      gone.clear(erased);
      set(top, gone);
    }
  }

  /** Rows from {@code top} to {@code bottom} move up without leaving anything behind: DL. */
  void delete(int top, int bottom, int count, long erased) {
    int n = Math.min(count, bottom - top + 1);
    for (int i = 0; i < n; i++) {
      rotateUp(top, bottom, erased);
    }
  }

  /** Adds a row to the scrollback, if this grid has one. */
  void keep(Row row) {
    if (scrollback != null) {
      ink.clear();
      printer.line(row, scrollback.isContinuedBy(row));
      scrollback.add(row, ink);
    }
  }

  /** Adds lines of plain text to the scrollback, as if they had passed over the screen. */
  void keep(byte[] lines, int from, int to) {
    if (scrollback != null) {
      scrollback.add(lines, from, to);
    }
  }

  void clear(int from, int to, long erased) {
    for (int y = from; y < to; y++) {
      row(y).clear(erased);
    }
  }

  private void rotateUp(int top, int bottom, long erased) {
    Row gone = row(top);
    for (int y = top; y < bottom; y++) {
      set(y, row(y + 1));
    }
    gone.clear(erased);
    set(bottom, gone);
  }

  private void set(int y, Row row) {
    int at = first + y;
    rows[at < rows.length ? at : at - rows.length] = row;
  }

  private static Row[] blank(Size size) {
    Row[] rows = new Row[size.rows()];
    for (int y = 0; y < rows.length; y++) {
      rows[y] = new Row(size.columns());
    }
    return rows;
  }
}
