package dev.holdfast.cli;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import java.io.Closeable;
import java.io.PrintWriter;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the person at the terminal how the link is: by the window's title, which no full-screen
 * program minds, and only if it is away for longer than one would notice anyhow; in words where
 * standard error is a file, or if everything is to be told.
 *
 * <p>A pipe gets no such words: there are programs that take whatever their proxy command says on
 * standard error for the server's bytes (asyncssh 2.10 does), and their connection would break.
 * Thread-safe.
 */
final class LinkStatus implements Consumer<ClientEvent>, Closeable {
  /** An outage shorter than this is not worth a word. */
  private static final long WORTH_TELLING_MILLIS = 1000;

  /**
   * Saves the window's title on the terminal's own stack (xterm control sequences, "Window
   * manipulation").
   */
  private static final String SAVE_TITLE = "\033[22;2t";

  private static final String RESTORE_TITLE = "\033[23;2t";

  private final PrintWriter err;
  private final Destination to;
  private final boolean quiet;
  private final boolean verbose;
  private final Supplier<Terminal.Sink> sink;
  private final long start = System.nanoTime();
  private @Nullable Thread telling;
  private boolean told;
  private boolean closed;
  private volatile boolean away;

  /**
   * The status of the links to {@code to}.
   *
   * @param sink what {@code err} goes to; asked only when there is something to tell
   */
  LinkStatus(
      PrintWriter err,
      Destination to,
      boolean quiet,
      boolean verbose,
      Supplier<Terminal.Sink> sink) {
    this.err = err;
    this.to = to;
    this.quiet = quiet;
    this.verbose = verbose;
    this.sink = sink;
  }

  @Override
  public void accept(ClientEvent event) {
    if (verbose) {
      err.printf("holdfast: %6.3f %s: %s%n", (System.nanoTime() - start) / 1e9, to, event.text());
      err.flush();
    }
    switch (event) {
      case ClientEvent.Lost lost -> away();
      case ClientEvent.Suspected suspected -> away();
      case ClientEvent.Resumed resumed -> resumed();
      case ClientEvent.Recovered recovered -> resumed();
      case ClientEvent.Ended ended -> back();
      case ClientEvent.Connected connected -> {}
      case ClientEvent.Failed failed -> {}
      case ClientEvent.NetworkChanged changed -> {}
    }
  }

  /** Whether there is no link, or a silent one. */
  boolean isAway() {
    return away;
  }

  private synchronized void away() {
    away = true;
    if (!quiet && !closed && telling == null) {
      telling = Thread.ofVirtual().start(this::tellLater);
    }
  }

  private void tellLater() {
    try {
      Thread.sleep(WORTH_TELLING_MILLIS);
      synchronized (this) {
        if (Thread.currentThread().equals(telling)) {
          told = true;
          tell(
              SAVE_TITLE + "\033]2;" + to.host() + ": link lost, reconnecting\007",
              "the link to " + to + " is lost; reconnecting");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resumed() {
    away = false;
    back();
  }

  private synchronized void back() {
    if (telling != null) {
      telling.interrupt();
      telling = null;
    }
    if (told) {
      told = false;
      tell(RESTORE_TITLE, "the link to " + to + " is back");
    }
  }

  private void tell(String controls, String words) {
    boolean shown =
        switch (sink.get()) {
          case TERMINAL -> Terminal.control(controls);
          case FILE -> false;
          case PROGRAM -> true;
        };
    if (!shown && !verbose) {
      err.println("holdfast: " + words);
      err.flush();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    back();
  }
}
