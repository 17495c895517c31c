package dev.holdfast.terminal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what the keys of a person will do to the row of the cursor: Winstein and Balakrishnan,
 * "Mosh: An Interactive Remote Shell for Mobile Clients", USENIX ATC 2012, section 3.2.
 *
 * <p>Guesses are made in epochs. A key of which nobody knows what it does begins a new one; guesses
 * are shown only if one of their epoch was right, so that nothing is shown where keys are not
 * echoed, as in a password. A guess is judged when the host has had the time to answer its key: a
 * wrong one ends all of its epoch, or all if it was shown.
 *
 * <p>Where the cursor will be is not known while keys are under way of which nobody knows what they
 * do. Nothing is guessed then until the host has answered all of them, or until what was typed
 * since is found on the screen twice, the second time with more of it.
 *
 * <p>Confined to its overlay.
 */
final class Predictor {
  /** What a host may take to answer a key that has reached it. */
  static final long ANSWER_NANOS = 50_000_000;

  /** Guesses are worth showing from this round trip on, until it is below the other one. */
  static final long SLOW_NANOS = 30_000_000;

  static final long FAST_NANOS = 20_000_000;

  /** An answer that takes as long makes guesses worth showing, for some more answers. */
  static final long GLITCH_NANOS = 250_000_000;

  static final long LONG_GLITCH_NANOS = 5_000_000_000L;

  private static final long QUICK_AGAIN_NANOS = 150_000_000;
  private static final int GLITCHES = 10;
  private static final int LONG_GLITCHES = 20;

  /** Blanks that part what moves when one types before it from what stays, as a right prompt. */
  private static final int GAP = 4;

  /** Most arrivals whose time to answer is not over; of further ones the oldest counts as later. */
  static final int MOST_ARRIVALS = 16;

  private record Arrival(long keys, long nanos) {}

  private record Place(int column, int epoch, long key) {}

  /** Where the line seemed to be when the host wrote last, so much of it. */
  private record Sight(int begin, int y, int scrolled, int keys) {
    boolean isFurther(Sight before) {
      return begin == before.begin
          && y == before.y
          && scrolled == before.scrolled
          && keys > before.keys;
    }
  }

  private final Screen screen;
  private final Overlay.Predict wanted;
  private final List<Place> places = new ArrayList<>();
  private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
  private Guess[] row = new Guess[0];
  private int y;

  private int epoch = 1;
  private int confirmed;
  private long keys;
  private long answered;

  /** The answers to these keys, if there are any, have come in. */
  private long heard;

  /** The key that is guessed for: the last one, or one before it that had to wait. */
  private long guessing;

  /** No guesses before the host has answered this key, or the line is found. */
  private long blindUntil;

  private final TypedLine line = new TypedLine();
  private @Nullable Sight sight;

  /** The first column of what was typed in this line; negative before that. */
  private int begin = -1;

  private boolean slow;
  private int glitches;
  private long quickNanos;

  Predictor(Screen screen, Overlay.Predict wanted) {
    this.screen = screen;
    this.wanted = wanted;
    clear();
  }

  /** Keys so far. */
  long keys() {
    return keys;
  }

  /** The row of the guesses. */
  int y() {
    return y;
  }

  Guess[] row() {
    return row;
  }

  /** Whether anything is guessed that is not judged. */
  boolean isActive() {
    return !places.isEmpty() || hasGuesses();
  }

  /** Whether there is a guess that is to be seen in that column. */
  boolean shows(int column) {
    Guess guess = row[column];
    return guess.active && !guess.unknown && guess.epoch <= confirmed && isShown();
  }

  /** Where the cursor is to be seen, or -1 where it is. */
  int cursor() {
    int column = -1;
    if (isShown()) {
      for (Place place : places) {
        column = place.epoch <= confirmed ? place.column : column;
      }
    }
    return column;
  }

  private boolean isShown() {
    return switch (wanted) {
      case ALWAYS -> true;
      case NEVER -> false;
      case ADAPTIVE -> slow || glitches > 0;
    };
  }

  /** The smoothed round trip is that long. */
  void roundTrip(long nanos) {
    slow = nanos > SLOW_NANOS || (slow && (nanos > FAST_NANOS || isActive()));
  }

  /** So many keys have reached the host. */
  void reached(long count, long nanos) {
    if (arrivals.size() == MOST_ARRIVALS) {
      arrivals.removeFirst();
    }
    arrivals.add(new Arrival(count, nanos));
  }

  /** What the host has written soon after so many keys reached it is here. */
  void heard(long count) {
    heard = Math.max(heard, count);
  }

  /** When {@link #judge} should be called again, if nothing comes; -1 for never. */
  long nextNanos() {
    if (isHeard()) {
      return arrivals.getFirst().nanos + ANSWER_NANOS;
    }
    long next = -1;
    for (Guess guess : row) {
      if (guess.active && glitches < LONG_GLITCHES) {
        long at = guess.madeNanos + (glitches < GLITCHES ? GLITCH_NANOS : LONG_GLITCH_NANOS);
        next = next < 0 ? at : Math.min(next, at);
      }
    }
    return next;
  }

  private boolean isHeard() {
    return !arrivals.isEmpty() && arrivals.getFirst().keys <= heard;
  }

  /** Everything guessed is dropped, and nothing is held against it. */
  void forget() {
    clear();
    epoch++;
    begin = -1;
    lose();
  }

  /** Nobody knows what the keys so far will have done, nor where the next one will go. */
  private void lose() {
    blindUntil = keys;
    sight = null;
  }

  /** So much was typed at once that nobody waits for each of it. */
  void bulk() {
    keys++;
    line.clear();
    forget();
  }

  private void clear() {
    places.clear();
    y = Math.min(y, screen.rows() - 1);
    if (row.length != screen.columns()) {
      row = new Guess[screen.columns()];
      for (int i = 0; i < row.length; i++) {
        row[i] = new Guess();
      }
    }
    for (Guess guess : row) {
      guess.end();
    }
  }

  private boolean hasGuesses() {
    for (Guess guess : row) {
      if (guess.active) {
        return true;
      }
    }
    return false;
  }

  // Judging.

  /** Looks at what the host has made of the keys. */
  void judge(long now) {
    while (isHeard() && now - arrivals.getFirst().nanos >= ANSWER_NANOS) {
      answered = Math.max(answered, arrivals.removeFirst().keys);
    }
    if (!isActive()) {
      return;
    }
    Row actual = screen.grid.row(y);
    for (int column = 0; column < row.length; column++) {
      Guess guess = row[column];
      if (guess.active && !judge(guess, actual, column, now)) {
        return;
      }
    }
    judgePlaces();
  }

  /** Whether to go on with the next one. */
  private boolean judge(Guess guess, Row actual, int column, long now) {
    switch (guess.verdict(actual.text[column], answered)) {
      case PENDING -> pending(now - guess.madeNanos);
      case VOID -> guess.end();
      case RIGHT -> right(guess, actual, column, now);
      case WRONG -> {
        if (guess.epoch <= confirmed) {
          forget();
          return false;
        }
        kill(guess.epoch);
      }
    }
    return true;
  }

  private void pending(long age) {
    if (age >= LONG_GLITCH_NANOS) {
      glitches = LONG_GLITCHES;
    } else if (age >= GLITCH_NANOS && glitches < GLITCHES) {
      glitches = GLITCHES;
    }
  }

  private void right(Guess guess, Row actual, int column, long now) {
    confirmed = Math.max(confirmed, guess.epoch);
    if (glitches > 0
        && now - guess.madeNanos < GLITCH_NANOS
        && now - quickNanos >= QUICK_AGAIN_NANOS) {
      glitches--;
      quickNanos = now;
    }
    // What follows will look like it.
    for (int i = column + 1; i < row.length && row[i].active; i++) {
      if (row[i].epoch == guess.epoch) {
        row[i].style = actual.style[column];
      }
    }
    guess.end();
  }

  private void judgePlaces() {
    if (!places.isEmpty() && places.getLast().key <= answered) {
      Place last = places.getLast();
      boolean there = screen.y == y && screen.x == last.column;
      // A key of a later epoch may have moved it.
      if (!there && last.epoch == epoch && last.epoch <= confirmed) {
        forget();
        return;
      }
    }
    places.removeIf(place -> place.key <= answered);
  }

  private void kill(int from) {
    places.removeIf(place -> place.epoch >= from);
    for (Guess guess : row) {
      if (guess.epoch >= from) {
        guess.end();
      }
    }
    epoch++;
    lose();
  }

  // Finding the line again.

  /** The host has written; if nobody knew where the next key goes, somebody may know now. */
  void look(long now) {
    if (answered >= blindUntil || !isPlain()) {
      sight = null;
      return;
    }
    TypedLine.Found found = line.find(screen.grid.row(screen.y), screen.x);
    Sight before = sight;
    sight =
        found == null ? null : new Sight(found.begin(), screen.y, screen.scrolled, found.keys());
    if (sight != null && before != null && sight.isFurther(before)) {
      guessAhead(sight, now);
    }
  }

  /** The keys that the host has not answered do behind the cursor what they do in a line. */
  private void guessAhead(Sight seen, long now) {
    clear();
    y = seen.y;
    if (end(screen.x) > screen.x) {
      return;
    }
    epoch++;
    confirmed = epoch;
    blindUntil = 0;
    begin = seen.begin;
    guessing = line.number(seen.keys - 1);
    place(screen.x);
    for (int i = seen.keys; i < line.count() && blindUntil == 0; i++) {
      guessing = line.number(i);
      unless(line.isErase(i) ? !erase(now) : !print(line.character(i), now));
    }
    guessing = keys;
  }

  // Guessing.

  /** The next key was pressed. */
  void type(Key key, long now) {
    keys++;
    guessing = keys;
    if (wanted == Overlay.Predict.NEVER) {
      return;
    }
    judge(now);
    follow(key);
    switch (key) {
      case Key.Motion.RETURN -> {
        epoch++;
        begin = -1;
        lose();
      }
      case Key.Motion.OTHER -> {
        epoch++;
        begin = -1;
      }
      case Key.Printed(int c) -> unless(!canGuess() || !print(c, now));
      case Key.Motion.BACKSPACE -> unless(!canGuess() || !erase(now));
      case Key.Motion.LEFT -> unless(!canGuess() || !left());
      case Key.Motion.RIGHT -> unless(!canGuess() || !right());
    }
  }

  private void follow(Key key) {
    switch (key) {
      case Key.Printed(int c) -> line.print(c, keys);
      case Key.Motion.BACKSPACE -> line.erase(keys);
      case Key.Motion.LEFT, Key.Motion.RIGHT, Key.Motion.RETURN, Key.Motion.OTHER -> line.clear();
    }
  }

  private void unless(boolean unsure) {
    if (unsure) {
      epoch++;
      blindUntil = keys;
    }
  }

  private boolean isPlain() {
    return !screen.is(Mode.INSERT) && !screen.pending && screen.charsets.isPlain();
  }

  private boolean canGuess() {
    if (answered < blindUntil || !isPlain()) {
      return false;
    }
    if (places.isEmpty()) {
      if (y != screen.y && hasGuesses()) {
        clear();
      }
      y = screen.y;
      place(screen.x);
    } else if (places.getLast().epoch != epoch) {
      place(places.getLast().column);
    }
    int column = places.getLast().column;
    if (begin < 0 || column < begin) {
      begin = column;
    }
    return true;
  }

  private void place(int column) {
    if (!places.isEmpty() && places.getLast().epoch == epoch) {
      places.removeLast();
    }
    places.add(new Place(column, epoch, guessing));
  }

  private boolean print(int c, long now) {
    int column = places.getLast().column;
    int end = end(column);
    if (column + 1 >= row.length || !isSimple(column, Math.min(end + 1, row.length))) {
      return false;
    }
    for (int i = Math.min(end, row.length - 1); i > column; i--) {
      guess(i, textAt(i - 1), styleAt(i - 1), isUnknown(i - 1) || i == row.length - 1, now);
    }
    guess(column, c, styleFor(column), false, now);
    place(column + 1);
    return true;
  }

  private boolean erase(long now) {
    int column = places.getLast().column - 1;
    if (column < (screen.alternate == null ? begin : 0)) {
      return false;
    }
    int end = end(column + 1);
    if (!isSimple(column, Math.min(end + 1, row.length))) {
      return false;
    }
    for (int i = column; i < end; i++) {
      boolean last = i + 1 == end;
      guess(
          i,
          last ? Row.BLANK : textAt(i + 1),
          last ? Style.DEFAULT : styleAt(i + 1),
          last ? end == row.length : isUnknown(i + 1),
          now);
    }
    place(column);
    return true;
  }

  private boolean left() {
    int column = places.getLast().column - 1;
    if (column < (screen.alternate == null ? begin : 0) || !isSimple(column, column + 1)) {
      return false;
    }
    place(column);
    return true;
  }

  private boolean right() {
    int column = places.getLast().column;
    if (column + 1 >= row.length
        || textAt(column) == Row.BLANK
        || isUnknown(column)
        || !isSimple(column, column + 2)) {
      return false;
    }
    place(column + 1);
    return true;
  }

  private void guess(int column, int text, long style, boolean unknown, long now) {
    Guess guess = row[column];
    guess.begin(screen.grid.row(y).text[column], epoch, guessing, now);
    guess.text = text;
    guess.style = style;
    guess.unknown = unknown;
  }

  private boolean isUnknown(int column) {
    return row[column].active && row[column].unknown;
  }

  private int textAt(int column) {
    return row[column].active ? row[column].text : screen.grid.row(y).text[column];
  }

  private long styleAt(int column) {
    return row[column].active ? row[column].style : screen.grid.row(y).style[column];
  }

  /** Shells echo in the pen's style; in a full screen the pen was somewhere else before. */
  private long styleFor(int column) {
    return screen.alternate == null || column == 0 ? screen.pen.style() : styleAt(column - 1);
  }

  /** Where what begins at a column ends: behind it come some blanks, or the edge. */
  private int end(int column) {
    int end = column;
    for (int i = column; i < row.length && i - end < GAP; i++) {
      end = Guess.isBlank(textAt(i)) && !isUnknown(i) ? end : i + 1;
    }
    return end;
  }

  /** Whether every cell is one of its own, and known; erased, a row no longer goes on a line. */
  private boolean isSimple(int from, int to) {
    Row actual = screen.grid.row(y);
    if (from == 0 && actual.continued) {
      return false;
    }
    for (int i = from; i < to; i++) {
      int text = actual.text[i];
      if (text == Row.TAIL || text == Row.UNKNOWN || actual.isWide(i) || actual.extra(i) != null) {
        return false;
      }
    }
    return true;
  }
}
