package dev.holdfast.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives a screen another size. The main screen's lines are wrapped anew where the width changed and
 * that is wanted; rows without room at the top go to the scrollback. The alternate screen is cut or
 * extended, for its program paints it again. Confined to one resize.
 */
final class Reflow {
  private final Screen screen;
  private final boolean wrapsAnew;

  private List<Row> rows = new ArrayList<>();
  private int columns;
  private int x;
  private int y;
  private int newX;
  private int newY;

  Reflow(Screen screen, boolean wrapsAnew) {
    this.screen = screen;
    this.wrapsAnew = wrapsAnew;
  }

  void to(Size size, Scrollback scrollback) {
    columns = size.columns();
    boolean onMain = screen.alternate == null;
    Saved saved = screen.mainSaved;
    boolean pending = onMain ? screen.pending : saved.pending();
    x = (onMain ? screen.x : saved.x()) + (pending ? 1 : 0);
    y = Math.min(onMain ? screen.y : saved.y(), screen.main.rows() - 1);
    arrange(screen.main);
    screen.main = fitted(size, scrollback);
    boolean nowPending = newX >= columns;
    newX = Math.min(newX, columns - 1);
    if (onMain) {
      screen.grid = screen.main;
      screen.x = newX;
      screen.y = newY;
      screen.pending =
          pending
              && nowPending
              && screen.is(Mode.AUTOWRAP)
              && screen.main.row(newY).text[newX] != Row.BLANK;
    } else {
      screen.mainSaved =
          new Saved(
              newX,
              newY,
              pending && nowPending,
              saved.style(),
              saved.underline(),
              saved.charsets(),
              saved.origin());
      resizeAlternate(size);
    }
    screen.top = 0;
    screen.bottom = size.rows() - 1;
    screen.tabs.resize(columns);
  }

  /** All rows that count, in the new width, and where the cursor is in them. */
  private void arrange(Grid grid) {
    int end = grid.rows();
    while (end > y + 1 && grid.row(end - 1).end() == 0) {
      end--;
    }
    int first = 0;
    while (first < end) {
      int next = first + 1;
      while (next < end && grid.isContinued(next)) {
        next++;
      }
      if (columns == grid.columns()) {
        keep(grid, first, next);
      } else if (wrapsAnew) {
        wrap(grid, first, next);
      } else {
        cut(grid, first, next);
      }
      first = next;
    }
  }

  private void keep(Grid grid, int from, int to) {
    for (int row = from; row < to; row++) {
      place(row, 0);
      rows.add(grid.row(row));
    }
  }

  private void cut(Grid grid, int from, int to) {
    for (int row = from; row < to; row++) {
      place(row, 0);
      Row cut = cut(grid.row(row), columns);
      cut.continued &= row > 0;
      rows.add(cut);
    }
  }

  private static Row cut(Row row, int columns) {
    Row other = new Row(columns);
    other.copy(row, 0, 0, Math.min(columns, row.columns()));
    other.continued = row.continued;
    other.cutEdge();
    return other;
  }

  /** One line, from its first row to before {@code to}. */
  private void wrap(Grid grid, int from, int to) {
    Row into = new Row(columns);
    // What is in the scrollback has its old width: a line does not go on from there.
    into.continued = from > 0 && grid.row(from).continued;
    int at = 0;
    rows.add(into);
    for (int y = from; y < to; y++) {
      Row row = grid.row(y);
      int end = row.end();
      for (int column = 0; column < end; column++) {
        int wide = row.isWide(column) ? 2 : 1;
        int width = Math.min(wide, columns);
        if (at + width > columns) {
          into = new Row(columns);
          into.continued = true;
          rows.add(into);
          at = 0;
        }
        placeCell(y, column, at);
        into.copy(row, column, at, width);
        into.cutEdge();
        at += width;
        column += wide - 1;
      }
      placeBehind(y, end, at);
    }
  }

  private void place(int row, int offset) {
    if (row == y) {
      newY = rows.size();
      newX = x + offset;
    }
  }

  private void placeCell(int row, int column, int at) {
    if (row == y && column <= x) {
      newY = rows.size() - 1;
      newX = at + x - column;
    }
  }

  private void placeBehind(int row, int end, int at) {
    if (row == y && x >= end) {
      newY = rows.size() - 1;
      newX = at + x - end;
    }
  }

  private Grid fitted(Size size, Scrollback scrollback) {
    Grid all = new Grid(rows.toArray(Row[]::new), columns, scrollback);
    int excess = Math.max(0, rows.size() - size.rows());
    int gone = Math.min(excess, newY);
    for (int row = 0; row < gone; row++) {
      all.keep(all.row(row));
    }
    newY -= gone;
    return new Grid(window(rows.subList(gone, rows.size()), size), columns, scrollback);
  }

  private void resizeAlternate(Size size) {
    Grid before = screen.grid;
    List<Row> cut = new ArrayList<>();
    for (int row = 0; row < before.rows(); row++) {
      cut.add(cut(before.row(row), columns));
    }
    Grid after = new Grid(window(cut, size), columns, null);
    screen.alternate = after;
    screen.grid = after;
    screen.x = Math.min(screen.x, columns - 1);
    screen.y = Math.min(screen.y, size.rows() - 1);
    screen.pending = false;
  }

  private static Row[] window(List<Row> rows, Size size) {
    Row[] window = new Row[size.rows()];
    for (int row = 0; row < window.length; row++) {
      window[row] = row < rows.size() ? rows.get(row) : new Row(size.columns());
    }
    return window;
  }
}
