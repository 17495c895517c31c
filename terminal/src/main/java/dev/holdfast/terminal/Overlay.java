package dev.holdfast.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is painted over the cells of a person's terminal, between what the host writes: guesses of
 * what the keys will do, underlined, and a notice. What the host writes goes to the terminal as it
 * is, and nothing that was painted is there then: {@link #uncover} comes before it and {@link
 * #cover} behind, so the terminal's own scrollback never has it. With nothing to paint nothing is
 * written.
 *
 * <p>Times are in nanoseconds from any point. Confined to its user, who may be several threads one
 * after the other.
 */
public final class Overlay {
  /** When guesses are shown. */
  public enum Predict {
    /** If the answers come late. */
    ADAPTIVE,
    ALWAYS,
    NEVER
  }

  /** More than this at once was not typed: it is pasted. */
  public static final int MOST_TYPED = 100;

  /** A shorter notice would say nothing. */
  private static final int LEAST_NOTICE = 12;

  private static final byte[] NOTHING = {};
  private static final long NOTICE_STYLE = Style.INVERSE;

  private record Patch(int row, int from, int to) {}

  private final Terminal model;
  private final Screen screen;
  private final Predictor predictor;
  private final KeyReader reader;
  private final List<Patch> patches = new ArrayList<>();
  private boolean cursorIsElsewhere;
  private String notice = "";
  private long now;

  /** Over a terminal of that size, which somebody has used before. */
  public Overlay(Size size, Predict predict) {
    model = new Terminal(size, new Settings(Settings.LEAST_SCROLLBACK, false));
    screen = model.screen;
    screen.footing.lose();
    predictor = new Predictor(screen, predict);
    reader = new KeyReader(key -> predictor.type(key, now));
  }

  /** Whether anything of ours is seen. */
  public boolean isPainted() {
    return cursorIsElsewhere || !patches.isEmpty();
  }

  /** What takes away all that was painted; what the host writes can follow. */
  public byte[] uncover() {
    if (!isPainted()) {
      return NOTHING;
    }
    Ink ink = new Ink();
    Painter painter = new Painter(screen, ink);
    for (Patch patch : patches) {
      painter.restore(patch.row, patch.from, patch.to);
    }
    painter.end();
    patches.clear();
    cursorIsElsewhere = false;
    return ink.toBytes();
  }

  /** The host wrote that, after {@link #uncover}; what is to be painted over it. */
  public byte[] cover(byte[] bytes, int from, int to, long nanos) {
    now = nanos;
    if (predictor.isActive()) {
      follow(bytes, from, to);
    } else {
      model.feed(bytes, from, to);
    }
    predictor.look(now);
    return paint();
  }

  /** A line may be answered and scrolled away in one piece. */
  private void follow(byte[] bytes, int from, int to) {
    Grid grid = screen.grid;
    int begin = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        model.feed(bytes, begin, i);
        predictor.judge(now);
        feed(bytes, i, i + 1);
        begin = i + 1;
      }
    }
    feed(bytes, begin, to);
    if (!Objects.equals(grid, screen.grid)) {
      predictor.forget();
    }
    predictor.judge(now);
  }

  private void feed(byte[] bytes, int from, int to) {
    int scrolled = screen.scrolled;
    model.feed(bytes, from, to);
    int y = predictor.y();
    if (scrolled != screen.scrolled && y >= screen.top && y <= screen.bottom) {
      predictor.forget();
    }
  }

  /** That was typed and sent; what is to be painted now. */
  public byte[] typed(byte[] bytes, int from, int to, long nanos) {
    now = nanos;
    if (to - from > MOST_TYPED) {
      predictor.bulk();
    } else {
      for (int i = from; i < to; i++) {
        reader.read(bytes[i] & 0xff);
      }
    }
    return repaint();
  }

  /** Keys that were typed so far, as {@link #reached} counts. */
  public long keys() {
    return predictor.keys();
  }

  /**
   * So many keys are known to have reached the host, which may take a moment to answer; what it
   * answers may come later than we know, so they count as answered only once {@link #heard} was
   * told of them, too. What is to be painted now.
   *
   * @param roundTripNanos how long that takes, smoothed
   */
  public byte[] reached(long keys, long roundTripNanos, long nanos) {
    predictor.reached(keys, nanos);
    predictor.roundTrip(roundTripNanos);
    return passed(nanos);
  }

  /** What the host wrote for so many keys, if it did within a moment, is here; what is painted. */
  public byte[] heard(long keys, long nanos) {
    predictor.heard(keys);
    return passed(nanos);
  }

  /** Time has passed; what is to be painted now. */
  public byte[] passed(long nanos) {
    now = nanos;
    predictor.judge(nanos);
    return repaint();
  }

  /** When {@link #passed} should be called if nothing else is; -1 for never. */
  public long nextNanos() {
    return predictor.nextNanos();
  }

  /** A line for the person, in ASCII; empty for none. What is to be painted now. */
  public byte[] notice(String text) {
    if (notice.equals(text)) {
      return NOTHING;
    }
    notice = text;
    return repaint();
  }

  /**
   * The window has another size, and the terminal has moved what it shows as it thinks fit; what is
   * to be painted now. A full screen is painted anew by its program.
   */
  public byte[] resized(Size size) {
    if (size.equals(model.size())) {
      return NOTHING;
    }
    Ink ink = new Ink();
    if (isPainted() && screen.alternate == null && isBlankFrom(screen.x)) {
      Painter painter = new Painter(screen, ink);
      painter.clearBehind();
      painter.end(screen.x);
    }
    patches.clear();
    cursorIsElsewhere = false;
    model.resize(size);
    screen.footing.loseAll();
    predictor.forget();
    return ink.toBytes();
  }

  /** Somebody else has used the terminal; what it shows is not known. */
  public byte[] disturbed(long nanos) {
    now = nanos;
    patches.clear();
    cursorIsElsewhere = false;
    screen.footing.loseAll();
    predictor.forget();
    return NOTHING;
  }

  /**
   * What takes away all that was painted, and all that the host's program has switched on, such as
   * the alternate screen or the mouse, for whoever uses the terminal next.
   */
  public byte[] farewell() {
    Ink ink = new Ink();
    ink.add(uncover());
    if (isAltered()) {
      Posture.reset(ink);
      ink.add(screen.alternate == null ? "\033[?25h" : "\033[?25h\r\n");
    }
    return ink.toBytes();
  }

  private boolean isAltered() {
    return !model.parser.isAtRest()
        || screen.alternate != null
        || !screen.modes.equals(Mode.AT_FIRST)
        || !screen.charsets.equals(Charsets.ASCII)
        || !screen.pen.isDefault()
        || screen.top != 0
        || screen.bottom != screen.rows() - 1
        || model.sequences.cursorStyle != 0
        || model.keyboard.isAltered();
  }

  private boolean isBlankFrom(int column) {
    Row row = screen.grid.row(screen.y);
    return row.end() <= column && row.used <= column;
  }

  private byte[] repaint() {
    byte[] uncovered = uncover();
    byte[] painted = paint();
    if (uncovered.length == 0) {
      return painted;
    }
    Ink ink = new Ink();
    return ink.add(uncovered).add(painted).toBytes();
  }

  private byte[] paint() {
    if (!Painter.isPossible(model)) {
      return NOTHING;
    }
    boolean here = predictor.isActive() && predictor.y() == screen.y;
    int cursor = here ? predictor.cursor() : -1;
    if (!here && notice.isEmpty()) {
      return NOTHING;
    }
    Ink ink = new Ink();
    Painter painter = new Painter(screen, ink);
    int end = here ? guesses(painter) : 0;
    if (!notice.isEmpty()) {
      notice(painter, Math.max(end, Math.max(cursor, screen.x)));
    }
    cursorIsElsewhere = cursor >= 0 && cursor != screen.x;
    if (!isPainted()) {
      return NOTHING;
    }
    if (cursorIsElsewhere) {
      painter.end(cursor);
    } else {
      painter.end();
    }
    return ink.toBytes();
  }

  /** Returns where the last one ends. */
  private int guesses(Painter painter) {
    Row actual = screen.grid.row(screen.y);
    Guess[] row = predictor.row();
    int end = 0;
    for (int column = 0; column < row.length; column++) {
      Guess guess = row[column];
      boolean paintable = !actual.isWide(column) && actual.text[column] < Row.TAIL;
      if (predictor.shows(column) && paintable && guess.text != actual.text[column]) {
        boolean blank = Guess.isBlank(guess.text);
        long style = blank ? guess.style : Painter.underlined(guess.style);
        painter.put(screen.y, column, guess.text, style);
        patch(screen.y, column, column + 1);
        end = column + 1;
      }
    }
    return end;
  }

  private void patch(int row, int from, int to) {
    Patch last = patches.isEmpty() ? null : patches.getLast();
    if (last != null && last.row == row && last.to == from) {
      patches.removeLast();
      patches.add(new Patch(row, last.from, to));
    } else {
      patches.add(new Patch(row, from, to));
    }
  }

  /** In full screens over the row at the top, else where the cursor's row is empty. */
  private void notice(Painter painter, int end) {
    int columns = screen.columns();
    if (screen.alternate != null) {
      int y = screen.y == 0 || screen.grid.row(0).continued ? screen.rows() - 1 : 0;
      if (screen.footing.isFirm() && y != screen.y && isKnown(y)) {
        String line = cut(notice, columns - 1);
        painter.text(
            y, 0, line + " ".repeat(Math.max(0, columns - 1 - line.length())), NOTICE_STYLE);
        patches.add(new Patch(y, 0, columns));
      }
      return;
    }
    int from = Math.max(end, screen.grid.row(screen.y).end()) + 1;
    int room = columns - 1 - from;
    if (room >= Math.min(LEAST_NOTICE, notice.length())) {
      String line = cut(notice, room);
      int at = columns - 1 - line.length();
      painter.text(screen.y, at, line, NOTICE_STYLE);
      patches.add(new Patch(screen.y, at, at + line.length()));
    }
  }

  private boolean isKnown(int y) {
    Row row = screen.grid.row(y);
    if (row.continued) {
      return false;
    }
    for (int column = 0; column < row.columns(); column++) {
      if (row.text[column] == Row.UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
