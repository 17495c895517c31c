package dev.holdfast.client;

import dev.holdfast.link.Signals;
import dev.holdfast.link.UnsupportedHostException;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.Exit;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A session's work: what runs at the server gets our standard input, and ours are its outputs, with
 * the terminal raw if the session has one (clientloop.c). For one session on one connection.
 */
final class SessionWork {
  /** The status of everything that is not the program's own, as with ssh. */
  static final int FAILED = 255;

  private static final int BUFFER = 64 * 1024;

  private final ClientConfig config;
  private final ClientConnection connection;
  private final Stdio stdio;
  private final Prompts prompts;
  private final Tty tty;
  private final Keyboard keyboard;
  private final Wish wish;
  private @Nullable Painted painted;

  /**
   * What is wanted of it.
   *
   * @param plan for the server
   * @param isKept whether it is a {@link KeptSession}
   * @param guard told of keys; null if nothing watches the link
   * @param links what the links to the server live through
   * @param isLeaving whether the person has ended it
   */
  record Wish(
      SessionPlan plan,
      boolean isKept,
      @Nullable LinkGuard guard,
      LinkLog links,
      AtomicBoolean isLeaving) {}

  /** How a session's work ended. */
  sealed interface Outcome {
    /** With the status that ssh would exit with. */
    record Ended(int status) implements Outcome {}

    /** The connection was lost before the session ended. */
    record Lost() implements Outcome {}
  }

  SessionWork(
      ClientConfig config,
      ClientConnection connection,
      Stdio stdio,
      Prompts prompts,
      Tty tty,
      Keyboard keyboard,
      Wish wish) {
    this.config = config;
    this.connection = connection;
    this.stdio = stdio;
    this.prompts = prompts;
    this.tty = tty;
    this.keyboard = keyboard;
    this.wish = wish;
  }

  /**
   * Runs it to its end.
   *
   * @param current told of the command that runs
   */
  Outcome run(Current current) throws IOException, InterruptedException {
    boolean hasPty = wish.plan.pty().isPresent();
    try (RemoteCommand running = connection.start(wish.plan);
        Closeable _ = hasPty ? watchSize(running) : () -> {};
        Painted painting = hasPty ? paint() : null) {
      painted = painting;
      current.is(running);
      if (hasPty && tty.isTerminal()) {
        tty.raw();
      }
      InputStream stdout = stdout(running);
      Thread err = Thread.ofPlatform().name("error").start(() -> drain(running));
      copyOutput(running, stdout);
      err.join();
      return outcome(running.await(), hasPty);
    } finally {
      keyboard.hold();
    }
  }

  private @Nullable Painted paint() {
    return Painted.isWanted(config, tty)
        ? Painted.begin(config, this::ask, stdio, prompts, wish.links)
        : null;
  }

  private void ask(Runnable answered) {
    var _ = connection.ping().thenRun(answered);
  }

  /** Told of the command that runs. */
  interface Current {
    void is(RemoteCommand running);
  }

  /**
   * A multiplexer drops what was typed before it has the terminal, so it is typed to after its
   * first output.
   */
  private InputStream stdout(RemoteCommand running) {
    if (wish.isKept) {
      return new KeptOutput(running.stdout(), () -> type(running));
    }
    type(running);
    return running.stdout();
  }

  private void type(RemoteCommand running) {
    // Writing may have to wait for the server; reading its output must not.
    Keyboard.Sink typing = covered(new Typing(running.stdin()));
    Thread.ofVirtual().name("typing").start(() -> keyboard.lead(typing));
  }

  /** Keys are worth hiding where somebody types them, and can be where the server takes chaff. */
  private Keyboard.Sink covered(Typing typing) {
    Duration interval = config.get(ClientOptions.OBSCURE_KEYSTROKE_TIMING);
    return interval.isZero() || wish.plan.pty().isEmpty() || !connection.takesChaff()
        ? typing
        : new SteadyKeys(typing, connection::chaff, interval, new SecureRandom());
  }

  /** What is typed goes to the command's input. */
  private final class Typing implements Keyboard.Sink {
    private final OutputStream to;

    Typing(OutputStream to) {
      this.to = to;
    }

    @Override
    public void typed(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
      to.flush();
      Painted shown = painted;
      if (shown != null) {
        shown.typed(bytes, offset, length);
      }
      if (wish.guard != null) {
        wish.guard.typed();
      }
    }

    @Override
    public void ended() throws IOException {
      to.close();
    }
  }

  private Closeable watchSize(RemoteCommand running) {
    try {
      return Signals.on(Signals.Kind.WINDOW, () -> resize(running));
    } catch (UnsupportedHostException e) {
      return () -> {};
    }
  }

  private void resize(RemoteCommand running) {
    tty.size()
        .ifPresent(size -> {
          Painted shown = painted;
          if (shown != null) {
            shown.resized(size);
          }
          try {
            running.resize(size);
          } catch (IOException e) {
            // The session ends.
          }
        });
  }

  private void drain(RemoteCommand running) {
    try {
      pump(running.stderr(), stdio.err());
    } catch (IOException e) {
      // The same happens to the output, where it counts.
    }
  }

  /** An end that was not the command's is told by its status. */
  private void copyOutput(RemoteCommand running, InputStream stdout) {
    Painted shown = painted;
    try {
      pump(stdout, shown == null ? stdio.out() : shown.out());
    } catch (IOException e) {
      running.close();
    }
  }

  private static void pump(InputStream from, OutputStream to) throws IOException {
    byte[] bytes = new byte[BUFFER];
    for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
      to.write(bytes, 0, count);
      to.flush();
    }
  }

  private Outcome outcome(Exit exit, boolean hasPty) {
    Painted shown = painted;
    if (shown != null) {
      shown.end(exit instanceof Exit.Status && !wish.isLeaving.get());
    }
    return switch (exit) {
      case Exit.Status(int code) -> ended(wish.isLeaving.get() ? FAILED : code, hasPty);
      case Exit.Signal _ -> ended(FAILED, hasPty);
      case Exit.Refused _ -> {
        tty.restore();
        prompts.tell(SessionWish.refusal(config));
        yield ended(FAILED, hasPty);
      }
      case Exit.Unknown _ -> {
        boolean isLost = connection.isOver() && !wish.isLeaving.get();
        yield isLost ? new Outcome.Lost() : ended(FAILED, hasPty);
      }
    };
  }

  private Outcome ended(int status, boolean hasPty) {
    tty.restore();
    if (hasPty) {
      prompts.tell("Connection to " + config.hostname() + " closed.");
    }
    return new Outcome.Ended(status);
  }
}
