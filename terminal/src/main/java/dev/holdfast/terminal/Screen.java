package dev.holdfast.terminal;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the terminal shows: two grids, of which one is in use, the cursor, and what decides how it
 * moves and prints. {@link Editing} has what erases and moves cells. Confined to its terminal.
 */
final class Screen {
  /** The numbers of the modes that switch to the alternate screen. */
  static final int ALTERNATE = 47;

  static final int ALTERNATE_CLEARED = 1047;
  static final int ALTERNATE_SAVED = 1049;

  /** Stands for what is wider than the terminal. */
  private static final int NO_ROOM = 0xfffd;

  /** U+200D, which joins the characters on its both sides. */
  private static final int JOINER = 0x200d;

  final Pen pen = new Pen();
  final Set<Mode> modes = EnumSet.copyOf(Mode.AT_FIRST);
  final TabStops tabs;
  final Footing footing = new Footing(this);
  Charsets charsets = Charsets.ASCII;

  Grid main;
  @Nullable Grid alternate;
  Grid grid;

  /** By which mode the alternate screen was entered; 0 in the main one. */
  int alternateMode;

  int x;
  int y;

  /** The last column was printed to, and the next character goes to the next line. */
  boolean pending;

  /** The scroll region, both ends in it. */
  int top;

  int bottom;

  Saved mainSaved = Saved.HOME;
  Saved alternateSaved = Saved.HOME;

  /** What REP repeats: the character before, if nothing was between; else 0. */
  int last;

  /** How often a line feed or a full line has moved the rows up. */
  int scrolled;

  /** The set that a single shift chose for the next character, or -1. */
  int singleShift = -1;

  Screen(Size size, Scrollback scrollback) {
    main = new Grid(size, scrollback);
    grid = main;
    tabs = new TabStops(size.columns());
    bottom = size.rows() - 1;
  }

  int columns() {
    return grid.columns();
  }

  int rows() {
    return grid.rows();
  }

  boolean is(Mode mode) {
    return modes.contains(mode);
  }

  Saved saved() {
    return alternate == null ? mainSaved : alternateSaved;
  }

  void setSaved(Saved saved) {
    if (alternate == null) {
      mainSaved = saved;
    } else {
      alternateSaved = saved;
    }
  }

  /** Prints printable ASCII from {@code from} on, one byte at least; returns where it stopped. */
  int print(byte[] bytes, int from, int to) {
    if (singleShift >= 0 || !charsets.isPlain() || is(Mode.INSERT)) {
      int set = singleShift >= 0 ? singleShift : charsets.shift();
      singleShift = -1;
      put(charsets.translated(bytes[from], set), 1);
      return from + 1;
    }
    wrapIfPending();
    int room = Math.min(to - from, columns() - x);
    int count = grid.row(y).print(x, bytes, from, from + room, pen.style(), pen.extra());
    last = bytes[from + count - 1];
    advance(count);
    return from + count;
  }

  /** Prints a character that is not ASCII. */
  void print(int codePoint) {
    singleShift = -1;
    int width = Widths.of(codePoint);
    if (width == 0 || joins(codePoint)) {
      combine(codePoint);
    } else {
      put(codePoint, width);
    }
  }

  /** REP, ECMA-48 8.3.103. */
  void repeat(int count) {
    int repeated = last;
    int width = Widths.of(repeated);
    if (repeated != 0 && width > 0) {
      for (int i = Math.min(count, rows() * columns()); i > 0; i--) {
        put(repeated, width);
      }
    }
  }

  /** LF, VT, FF, IND. */
  void lineFeed() {
    pending = false;
    down();
  }

  /** RI. */
  void reverseLineFeed() {
    pending = false;
    if (y == top) {
      grid.scrollDown(top, bottom, 1, pen.erased());
      footing.pushedDown();
    } else if (y > 0) {
      y--;
    }
  }

  void carriageReturn() {
    pending = false;
    x = 0;
  }

  void backspace() {
    moveToColumn(x - 1);
  }

  /** HT, CHT; behind a full line there is no stop, and the next character still wraps. */
  void tab(int count) {
    for (int i = Math.min(count, columns()); i > 0 && !pending; i--) {
      moveToColumn(tabs.after(x));
    }
  }

  void backTab(int count) {
    for (int i = Math.min(count, columns()); i > 0; i--) {
      moveToColumn(tabs.before(x));
    }
  }

  void moveToColumn(int column) {
    pending = false;
    x = Math.clamp(column, 0, columns() - 1);
  }

  /** To a row counted from the top of the screen, or of the scroll region in origin mode. */
  void moveToRow(int row) {
    pending = false;
    footing.counted();
    y =
        is(Mode.ORIGIN)
            ? Math.clamp((long) row + top, top, bottom)
            : Math.clamp(row, 0, rows() - 1);
  }

  void moveTo(int row, int column) {
    moveToRow(row);
    moveToColumn(column);
  }

  /** Up by {@code count}, or down if negative; not out of the scroll region. */
  void moveUp(int count) {
    pending = false;
    footing.moves(Math.clamp((long) y - count, -1, rows()));
    int least = y >= top ? top : 0;
    int most = y <= bottom ? bottom : rows() - 1;
    y = Math.clamp((long) y - count, least, most);
  }

  /** DECSTBM; both ends counted from 0, and in the region. */
  void setMargins(int from, int to) {
    if (from < to && to < rows()) {
      top = from;
      bottom = to;
      moveTo(0, 0);
    }
  }

  void save() {
    footing.saved();
    setSaved(new Saved(x, y, pending, pen.style(), pen.underline(), charsets, is(Mode.ORIGIN)));
  }

  void restore() {
    Saved saved = saved();
    pen.setStyle(saved.style());
    pen.setUnderline(saved.underline());
    charsets = saved.charsets();
    set(Mode.ORIGIN, saved.origin());
    x = Math.min(saved.x(), columns() - 1);
    footing.returns(saved.y());
    y = Math.min(saved.y(), rows() - 1);
    if (saved.origin()) {
      y = Math.clamp(y, top, bottom);
    }
    pending = saved.pending() && x == columns() - 1 && grid.row(y).text[x] != Row.BLANK;
  }

  void set(Mode mode, boolean on) {
    if (on) {
      modes.add(mode);
    } else {
      modes.remove(mode);
    }
  }

  /** To the alternate screen, all blank, by one of its modes; the cursor stays where it is. */
  void enterAlternate(int mode) {
    if (alternate == null) {
      if (mode == ALTERNATE_SAVED) {
        save();
      }
      alternate = new Grid(new Size(columns(), rows()), null);
      alternateSaved = Saved.HOME;
      alternateMode = mode;
      grid = alternate;
      pending = false;
      footing.entersAlternate();
    }
  }

  void leaveAlternate(int mode) {
    boolean left = alternate != null;
    alternate = null;
    if (alternateMode != 0) {
      pending = false;
    }
    alternateMode = 0;
    grid = main;
    if (left) {
      y = mode == ALTERNATE_SAVED ? mainSaved.y() : y;
      footing.leavesAlternate(mode == ALTERNATE_SAVED);
    }
    if (mode == ALTERNATE_SAVED) {
      restore();
    }
  }

  /** DECSTR, as xterm has it. */
  void softReset() {
    set(Mode.INSERT, false);
    set(Mode.ORIGIN, false);
    set(Mode.AUTOWRAP, true);
    set(Mode.CURSOR_VISIBLE, true);
    set(Mode.APPLICATION_CURSOR, false);
    set(Mode.APPLICATION_KEYPAD, false);
    top = 0;
    bottom = rows() - 1;
    pen.reset();
    charsets = Charsets.ASCII;
    setSaved(Saved.HOME);
    pending = false;
  }

  /** RIS. What left the screen stays. */
  void reset() {
    leaveAlternate(ALTERNATE);
    footing.reset();
    softReset();
    modes.clear();
    modes.addAll(Mode.AT_FIRST);
    pen.setLink(null);
    tabs.reset();
    grid.clear(0, rows(), Style.DEFAULT);
    singleShift = -1;
    moveTo(0, 0);
  }

  private void put(int codePoint, int width) {
    if (width > columns()) {
      put(NO_ROOM, 1);
      return;
    }
    wrapIfPending();
    if (x + width > columns()) {
      if (is(Mode.AUTOWRAP)) {
        wrap();
      } else {
        x = columns() - width;
      }
    }
    Row row = grid.row(y);
    if (is(Mode.INSERT)) {
      row.insert(x, width, pen.erased());
    }
    row.put(x, codePoint, width, pen.style(), pen.extra());
    last = codePoint;
    advance(width);
  }

  private void advance(int count) {
    x += count;
    if (x >= columns()) {
      x = columns() - 1;
      pending = is(Mode.AUTOWRAP);
    }
  }

  private void wrapIfPending() {
    if (pending) {
      pending = false;
      wrap();
    }
  }

  private void wrap() {
    x = 0;
    if (down()) {
      grid.row(y).continued = true;
    }
  }

  /** Whether another row is the cursor's now. */
  private boolean down() {
    if (y == bottom) {
      grid.scrollUp(top, bottom, 1, pen.erased());
      scrolled++;
      footing.wentDown();
      return true;
    }
    if (y < rows() - 1) {
      y++;
      footing.wentDown();
      return true;
    }
    return false;
  }

  /** The column of the character before the cursor, or -1. */
  int before() {
    int column = pending ? x : x - 1;
    return column > 0 && grid.row(y).text[column] == Row.TAIL ? column - 1 : column;
  }

  /** Whether it becomes a part of the character right before it, as in an emoji of several. */
  private boolean joins(int codePoint) {
    return last == JOINER || (Widths.isModifier(codePoint) && last > 0x7f && Widths.of(last) == 2);
  }

  private void combine(int codePoint) {
    int column = before();
    if (column >= 0 && grid.row(y).text[column] != Row.BLANK) {
      grid.row(y).mark(column, codePoint);
      last = codePoint == JOINER ? codePoint : last == JOINER ? 0 : last;
    }
  }
}
