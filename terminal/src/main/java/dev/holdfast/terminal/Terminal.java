package dev.holdfast.terminal;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A terminal without a window: takes what a program writes, and knows what is to be seen. Confined
 * to its user, who may be several threads one after the other.
 */
public final class Terminal {
  final Scrollback scrollback;
  final Screen screen;
  final Titles titles = new Titles();
  final Palette palette = new Palette();
  final Keyboard keyboard = new Keyboard();
  final Parser parser;
  final ControlSequences sequences;
  private final Settings settings;
  private final Answers answers;

  /** A blank one. */
  public Terminal(Size size, Settings settings) {
    this.settings = settings;
    scrollback = new Scrollback(settings.scrollbackBytes());
    screen = new Screen(size, scrollback);
    answers = new Answers(screen);
    Editing editing = new Editing(screen, scrollback);
    sequences = new ControlSequences(screen, editing, titles, keyboard, answers);
    parser =
        new Parser(
            screen,
            new Controls(screen, editing, keyboard),
            sequences,
            new OperatingSystemCommands(screen.pen, titles, palette),
            new PlainLines(screen));
  }

  /** What the program wrote next. */
  public void feed(byte[] bytes, int from, int to) {
    Objects.checkFromToIndex(from, to, bytes.length);
    parser.feed(bytes, from, to);
  }

  public void feed(byte[] bytes) {
    feed(bytes, 0, bytes.length);
  }

  /**
   * Answers to what the program has asked since the last call, for a program that no real terminal
   * is attached to. Where one is, it answers for itself, and these must be dropped.
   */
  public byte[] takeAnswers() {
    return answers.take();
  }

  /** Whether {@link #takeAnswers} would give nothing. */
  public boolean hasNoAnswers() {
    return answers.isEmpty();
  }

  public Size size() {
    return new Size(screen.columns(), screen.rows());
  }

  /** Another size; lines that no longer have room on the main screen go to the scrollback. */
  public void resize(Size size) {
    if (!size.equals(size())) {
      new Reflow(screen, settings.reflow()).to(size, scrollback);
    }
  }

  /** The offset behind the last line of the scrollback, as {@link Repaint} counts. */
  public long scrollbackEnd() {
    return scrollback.end();
  }

  public String title() {
    return titles.title();
  }

  public boolean isAlternate() {
    return screen.alternate != null;
  }

  public int cursorColumn() {
    return screen.x;
  }

  public int cursorRow() {
    return screen.y;
  }

  /** A cell of the screen in use; both counted from 0. */
  public Cell cell(int row, int column) {
    Row cells = screen.grid.row(row);
    int width = cells.text[column] == Row.TAIL ? 0 : cells.isWide(column) ? 2 : 1;
    return new Cell(text(cells, column), width, rendition(cells, column));
  }

  /** A row of the screen in use as text, without the blanks at its end. */
  public String line(int row) {
    Row cells = screen.grid.row(row);
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < screen.columns(); column++) {
      boolean isBlank = cells.text[column] == Row.BLANK;
      line.append(isBlank ? " " : text(cells, column));
    }
    return line.toString().stripTrailing();
  }

  private static String text(Row row, int column) {
    int c = row.codePoint(column);
    if (c == Row.BLANK || c == Row.TAIL || c == Row.UNKNOWN) {
      return "";
    }
    Extra extra = row.extra(column);
    return Character.toString(c) + (extra == null ? "" : extra.marks());
  }

  private static String rendition(Row row, int column) {
    Ink ink = new Ink();
    Extra extra = row.extra(column);
    new RowInk(ink).style(row.style[column], extra == null ? 0 : extra.underline());
    String sequence = new String(ink.toBytes(), StandardCharsets.US_ASCII);
    return sequence.isEmpty() ? "" : sequence.substring(2, sequence.length() - 1);
  }
}
