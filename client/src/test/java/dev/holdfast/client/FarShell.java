package dev.holdfast.client;

import dev.holdfast.terminal.Overlay;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A person's terminal, painted over, and a shell with a line editor at the other end of a slow and
 * lossy way, on which bytes stay in order: what follows a lost packet waits for it and comes in one
 * piece. Beside it is a terminal that sees what the shell writes alone. Time is what the test says.
 */
final class FarShell {
  static final String PROMPT = "ready> ";
  static final long MILLI = 1_000_000;

  private static final long WAY_NANOS = 150 * MILLI;
  private static final int LOSS_PER_CENT = 5;
  private static final Size SIZE = new Size(60, 8);

  final Terminal shown = new Terminal(SIZE, Settings.DEFAULT);
  final Terminal plain = new Terminal(SIZE, Settings.DEFAULT);

  private final Overlay overlay = new Overlay(SIZE, Overlay.Predict.ADAPTIVE);
  private final Questions questions = new Questions();
  private final SplittableRandom random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long now = 1_000 * MILLI;
  private long count;
  private long upUntil;
  private long downUntil;
  private long busyUntil;
  private long roundTrip;
  private boolean echoes = true;

  /** What has come and is not shown yet, as one read would bring it. */
  private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();

  private final StringBuilder line = new StringBuilder();

  private record Event(long at, long order, Runnable what) {}

  FarShell(long seed) {
    random = new SplittableRandom(seed);
    written(PROMPT);
    pass(1_000);
  }

  long now() {
    return now;
  }

  private void at(long nanos, Runnable what) {
    events.add(new Event(nanos, count++, what));
  }

  void type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    shown.feed(overlay.typed(bytes, 0, bytes.length, now));
    upUntil = arrival(upUntil);
    at(upUntil, () -> text.chars().forEach(each -> reads((char) each)));
    look();
  }

  /** The packet's, and so that of all behind it. */
  private long arrival(long before) {
    long at = now + WAY_NANOS + random.nextInt(3) * MILLI;
    long again = 2 * WAY_NANOS + (30 + random.nextInt(60)) * MILLI;
    while (random.nextInt(100) < LOSS_PER_CENT) {
      at += again;
      again *= 2;
    }
    return Math.max(before, at);
  }

  private void reads(char key) {
    busyUntil = Math.max(busyUntil, now) + random.nextInt(4) * MILLI;
    at(busyUntil, () -> answer(key));
  }

  private void answer(char key) {
    if (key == '\r') {
      boolean asks = line.toString().equals("secret");
      echoes = !asks;
      String out = line.isEmpty() || asks ? "" : "of " + line + "\r\n";
      line.setLength(0);
      written("\r\n" + out + (asks ? "Password: " : PROMPT));
    } else if (!echoes) {
      line.append('x');
    } else if (key != '\u007f') {
      line.append(key);
      written(String.valueOf(key));
    } else if (!line.isEmpty()) {
      line.setLength(line.length() - 1);
      written(random.nextBoolean() ? "\b\033[K" : "\b \b");
    }
  }

  private void written(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    downUntil = arrival(downUntil);
    at(downUntil, () -> arrived.writeBytes(bytes));
  }

  private void ask() {
    long asked = now;
    questions.ask(now);
    upUntil = arrival(upUntil);
    at(
        upUntil,
        () -> {
          downUntil = arrival(downUntil);
          at(downUntil, () -> answered(asked));
        });
  }

  private void answered(long asked) {
    show();
    questions.answered(now);
    roundTrip = roundTrip == 0 ? now - asked : roundTrip + (now - asked - roundTrip) / 8;
    shown.feed(overlay.reached(questions.reached(), roundTrip, now));
    shown.feed(overlay.heard(questions.heard(), now));
  }

  private void show() {
    if (arrived.size() > 0) {
      byte[] bytes = arrived.toByteArray();
      arrived.reset();
      shown.feed(overlay.uncover());
      shown.feed(bytes);
      shown.feed(overlay.cover(bytes, 0, bytes.length, now));
      plain.feed(bytes);
    }
  }

  private void look() {
    questions.typed(overlay.keys(), now);
    if (isDue(questions.nextNanos())) {
      ask();
    }
    if (isDue(overlay.nextNanos())) {
      shown.feed(overlay.passed(now));
    }
  }

  private boolean isDue(long nanos) {
    return nanos >= 0 && nanos <= now;
  }

  /** Time passes, in steps of a millisecond. */
  void pass(int millis) {
    for (int i = 0; i < millis; i++) {
      now += MILLI;
      while (!events.isEmpty() && events.element().at <= now) {
        events.remove().what.run();
      }
      show();
      look();
    }
  }

  /** What stands behind the prompt up to the cursor; null where there is no prompt. */
  @Nullable String typedText() {
    String text = shown.line(shown.cursorRow());
    int column = shown.cursorColumn();
    if (!text.startsWith(PROMPT.strip()) || column < PROMPT.length()) {
      return null;
    }
    String padded = text + " ".repeat(Math.max(0, column - text.length()));
    return padded.substring(PROMPT.length(), Math.max(column, text.length()));
  }
}
