package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one survivor's terminal while numbered lines come in, and types keys that are answered.
 * Confined to one thread at a time.
 */
final class SurvivorWatch implements AutoCloseable {
  /** What is not back by then is said not to come. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Lines that are seen before anything happens: more than the screen has. */
  private static final int LINES_BEFORE = 40;

  private static final long OPEN_MAX_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Somebody whose key is not answered tries another one. */
  private static final long NEXT_KEY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** For what was under way when it happened. */
  private static final long UNDER_WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private final Survivor survivor;
  private final List<String> command;
  private @Nullable WatchedTerminal terminal;
  private int keys;

  /** A watch of a survivor whose program is to be started by that command. */
  SurvivorWatch(Survivor survivor, List<String> command) {
    this.survivor = survivor;
    this.command = command;
  }

  /**
   * What was seen of one fault; infinite is what was not seen.
   *
   * @param output seconds from when all could go on until lines came again
   * @param key seconds from then until a key was answered
   */
  record Sighting(double output, double key, Ticks.Tally lines) {
    boolean isBack() {
      return Double.isFinite(output) && Double.isFinite(key);
    }
  }

  Survivor survivor() {
    return survivor;
  }

  /** Opens the terminal if there is none, and waits until lines come in; returns this. */
  SurvivorWatch ready() throws IOException {
    WatchedTerminal now = terminal == null ? WatchedTerminal.running(command) : terminal;
    terminal = now;
    long deadline = System.nanoTime() + OPEN_MAX_NANOS;
    int begun = Ticks.of(now.screen()).highest();
    while (Ticks.of(now.screen()).highest() < begun + LINES_BEFORE) {
      if (System.nanoTime() > deadline) {
        String shown = String.join("\n", now.screen()).strip();
        throw new IOException(survivor.label() + " shows nothing but:\n" + shown);
      }
      now.awaitOutput(LOOK_NANOS);
    }
    return this;
  }

  List<ProcessHandle> processes() {
    return open().processes();
  }

  /** The share of all lines so far that the terminal holds, in per cent. */
  double held() throws IOException {
    Ticks all = Ticks.of(open().everything());
    return 100 - 100.0 * all.between(1, all.highest()).lost() / Math.max(all.highest(), 1);
  }

  /** Watches from before a fault until all goes on again; {@code returned} tells since when. */
  Sighting follow(CompletableFuture<Long> returned) throws IOException {
    WatchedTerminal now = open();
    int before = Ticks.of(now.screen()).highest();
    var look = new Look(now, before);
    while (!look.isOver(returned)) {
      look.once();
    }
    // The last lines may still be on their way.
    Ticks held = Ticks.of(now.everything());
    return new Sighting(look.output(), look.key, held.between(before, held.highest()));
  }

  /** Looks at the screen again and again. */
  private final class Look {
    private final WatchedTerminal terminal;
    private int highest;
    private long changedNanos = System.nanoTime();
    private long longestNanos;
    private long returnedNanos = Long.MIN_VALUE;
    private long typedNanos;
    private int firstKey;
    private double output = Double.POSITIVE_INFINITY;
    private double key = Double.POSITIVE_INFINITY;

    Look(WatchedTerminal terminal, int highest) {
      this.terminal = terminal;
      this.highest = highest;
    }

    boolean isOver(CompletableFuture<Long> returned) throws IOException {
      long now = System.nanoTime();
      if (!returned.isDone()) {
        return false;
      }
      if (returnedNanos == Long.MIN_VALUE) {
        returnedNanos = returned.join();
        firstKey = keys;
        type();
      } else if (Double.isInfinite(key) && now - typedNanos > NEXT_KEY_NANOS) {
        type();
      }
      double since = (now - returnedNanos) / 1e9;
      boolean isSettled = since > Math.max(output, key) + SETTLED_NANOS / 1e9;
      return isSettled || since > PATIENCE.toSeconds();
    }

    private void type() throws IOException {
      terminal.type(String.valueOf(letter(keys++)));
      typedNanos = System.nanoTime();
    }

    private static char letter(int number) {
      return (char) ('a' + number % 16);
    }

    void once() throws IOException {
      List<String> lines = terminal.screen();
      long now = System.nanoTime();
      int shown = Ticks.of(lines).highest();
      boolean hasReturned = returnedNanos != Long.MIN_VALUE && now > returnedNanos;
      if (shown > highest) {
        // The standstill is the longest time between two lines of which the second came after the
        // return; one that begins later is of another cause.
        if (hasReturned
            && changedNanos - returnedNanos < UNDER_WAY_NANOS
            && now - changedNanos > longestNanos) {
          longestNanos = now - changedNanos;
          output = (now - returnedNanos) / 1e9;
        }
        highest = shown;
        changedNanos = now;
      }
      if (hasReturned && Double.isInfinite(key) && isAnswered(lines)) {
        key = (now - returnedNanos) / 1e9;
      }
      terminal.awaitOutput(LOOK_NANOS);
    }

    /** Infinite too if it stands still at last. */
    double output() {
      long still = System.nanoTime() - changedNanos;
      return still > Math.max(longestNanos, SETTLED_NANOS) ? Double.POSITIVE_INFINITY : output;
    }

    private boolean isAnswered(List<String> lines) {
      for (int each = firstKey; each < keys; each++) {
        String answer = "key-" + letter(each) + "-";
        if (lines.stream().anyMatch(line -> line.contains(answer))) {
          return true;
        }
      }
      return false;
    }
  }

  /** Closes the terminal of one that has not come back. */
  void giveUp() throws IOException {
    if (terminal != null) {
      terminal.close();
      terminal = null;
    }
  }

  private WatchedTerminal open() {
    if (terminal == null) {
      throw new IllegalStateException(survivor.label() + " is not ready");
    }
    return terminal;
  }

  @Override
  public void close() throws IOException {
    giveUp();
  }
}
