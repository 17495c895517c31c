package dev.holdfast.client;

import dev.holdfast.link.Signals;
import dev.holdfast.link.UnsupportedHostException;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.Exit;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Overlay;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session's work: what runs at the server gets our standard input, and ours are its outputs, with
 * the terminal raw if the session has one (clientloop.c). For one session.
 */
final class SessionWork {
  /** The status of everything that is not the program's own, as with ssh. */
  static final int FAILED = 255;

  private static final int BUFFER = 64 * 1024;
  private static final int STOP = TtyCalls.isMac() ? 18 : 20;

  private final ClientConfig config;
  private final ClientConnection connection;
  private final Stdio stdio;
  private final Prompts prompts;
  private final LinkLog links;
  private final Tty tty = new Tty(Tty.STDIN);
  private boolean raw;
  private @Nullable Display display;
  private @Nullable Pulse pulse;
  private volatile boolean leaving;

  /**
   * For that connection.
   *
   * @param links what the links to the server live through
   */
  SessionWork(
      ClientConfig config,
      ClientConnection connection,
      Stdio stdio,
      Prompts prompts,
      LinkLog links) {
    this.config = config;
    this.connection = connection;
    this.stdio = stdio;
    this.prompts = prompts;
    this.links = links;
  }

  /** Runs it to its end; the status that ssh would exit with. */
  int run(boolean mayForwardAgent) throws IOException, InterruptedException {
    boolean hasPty = wantsPty();
    SessionPlan plan =
        new SessionPlan(
            request(),
            hasPty ? Optional.of(pty()) : Optional.empty(),
            variables(),
            mayForwardAgent);
    try (RemoteCommand running = connection.start(plan);
        Closeable _ = hasPty ? watchSize(running) : () -> {};
        Closeable _ = hasPty ? paint() : () -> {}) {
      raw = hasPty && tty.isTerminal();
      if (raw) {
        tty.raw();
      }
      Thread.ofPlatform().daemon().name("input").start(() -> feed(running, hasPty));
      Thread err = Thread.ofPlatform().name("error").start(() -> drain(running));
      copyOutput(running);
      err.join();
      return status(running.await(), hasPty);
    } finally {
      tty.restore();
    }
  }

  /** Where somebody looks at what comes, and it is not the log of every step. */
  private Closeable paint() {
    Tty screen = new Tty(Tty.STDOUT);
    boolean wanted =
        config.get(ClientOptions.HOLDFAST_STATUS)
            || config.get(ClientOptions.HOLDFAST_PREDICT) != ClientOptions.Predict.NEVER;
    String term = config.surroundings().environment().getOrDefault("TERM", "");
    Optional<WindowSize> size = screen.size();
    if (!wanted
        || !tty.isTerminal()
        || size.isEmpty()
        || term.isEmpty()
        || term.equals("dumb")
        || config.get(ClientOptions.LOG_LEVEL).compareTo(ClientOptions.LogLevel.DEBUG1) >= 0) {
      return () -> {};
    }
    Display painted = new Display(stdio.out(), size.get(), predict());
    Pulse asking =
        new Pulse(
            painted, connection::ask, links, config.host(), tellsOfSilence(), System::nanoTime);
    display = painted;
    pulse = asking;
    links.wake(asking::wake);
    Closeable restoring = atExit(painted::restore);
    return () -> {
      asking.close();
      restoring.close();
      painted.close();
    };
  }

  private Overlay.Predict predict() {
    return switch (config.get(ClientOptions.HOLDFAST_PREDICT)) {
      case ADAPTIVE -> Overlay.Predict.ADAPTIVE;
      case ALWAYS -> Overlay.Predict.ALWAYS;
      case NEVER -> Overlay.Predict.NEVER;
    };
  }

  private boolean tellsOfSilence() {
    return config.get(ClientOptions.HOLDFAST_STATUS)
        && config.get(ClientOptions.LOG_LEVEL) != ClientOptions.LogLevel.QUIET;
  }

  /** Does it if the process is ended before the result is closed. */
  private static Closeable atExit(Runnable work) {
    Thread hook = new Thread(work, "display");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It is being done.
      }
    };
  }

  private SessionRequest request() {
    String command = config.command();
    if (config.get(ClientOptions.SESSION_TYPE) == ClientOptions.SessionType.SUBSYSTEM) {
      return new SessionRequest.Subsystem(command);
    }
    return command.isEmpty() ? new SessionRequest.Shell() : new SessionRequest.Exec(command);
  }

  /** The rules of ssh.c. */
  private boolean wantsPty() {
    ClientOptions.RequestTty wanted = config.get(ClientOptions.REQUEST_TTY);
    boolean isShell = request() instanceof SessionRequest.Shell;
    boolean wants =
        switch (wanted) {
          case NO -> false;
          case AUTO -> isShell;
          case YES, FORCE -> true;
        };
    boolean hasInput = tty.isTerminal() && !config.get(ClientOptions.STDIN_NULL);
    if (wants && !hasInput && wanted != ClientOptions.RequestTty.FORCE) {
      prompts.tell("Pseudo-terminal will not be allocated because stdin is not a terminal.");
      return false;
    }
    return wants;
  }

  private Pty pty() {
    WindowSize size = tty.size().orElse(new WindowSize(80, 24, 0, 0));
    String term = config.surroundings().environment().getOrDefault("TERM", "");
    return new Pty(term, size, tty.modes());
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    config
        .surroundings()
        .environment()
        .forEach((name, value) -> {
          if (config.get(ClientOptions.SEND_ENV).stream()
              .anyMatch(pattern -> Wildcard.matches(name, pattern))) {
            variables.put(name, value);
          }
        });
    for (String setting : config.get(ClientOptions.SET_ENV)) {
      String[] parts = setting.split("=", 2);
      variables.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    return variables;
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
          Display painted = display;
          if (painted != null) {
            painted.resized(size);
          }
          try {
            running.resize(size);
          } catch (IOException e) {
            // The session ends.
          }
        });
  }

  private void feed(RemoteCommand running, boolean hasPty) {
    Escapes escapes =
        new Escapes(hasPty ? config.get(ClientOptions.ESCAPE_CHAR) : -1, c -> command(c, running));
    try (OutputStream to = running.stdin()) {
      InputStream from =
          config.get(ClientOptions.STDIN_NULL) ? InputStream.nullInputStream() : stdio.in();
      byte[] bytes = new byte[BUFFER];
      for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
        byte[] sent = hasPty ? escapes.filtered(bytes, count) : Arrays.copyOf(bytes, count);
        to.write(sent);
        to.flush();
        typed(sent);
      }
    } catch (IOException e) {
      // Whoever reads the output sees the end, too.
    }
  }

  private void typed(byte[] sent) {
    Display painted = display;
    Pulse asking = pulse;
    if (painted != null && asking != null) {
      painted.typed(sent);
      asking.wake();
    }
  }

  private void drain(RemoteCommand running) {
    try {
      pump(running.stderr(), stdio.err());
    } catch (IOException e) {
      // The same happens to the output, where it counts.
    }
  }

  /** An end that was not the command's is told by its status. */
  private void copyOutput(RemoteCommand running) {
    Display painted = display;
    try {
      if (painted == null) {
        pump(running.stdout(), stdio.out());
      } else {
        byte[] bytes = new byte[BUFFER];
        InputStream from = running.stdout();
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
          painted.write(bytes, count);
        }
      }
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

  private int status(Exit exit, boolean hasPty) {
    Display painted = display;
    if (painted != null) {
      if (exit instanceof Exit.Status) {
        painted.close();
      } else {
        painted.restore();
      }
    }
    tty.restore();
    int status =
        switch (exit) {
          case Exit.Status(int code) -> code;
          case Exit.Signal _ -> FAILED;
          case Exit.Refused _ -> {
            prompts.tell(refusal());
            yield FAILED;
          }
          case Exit.Unknown _ -> {
            if (connection.isOver() && !leaving) {
              prompts.tell("Connection to " + config.hostname() + " closed by remote host.");
            }
            yield FAILED;
          }
        };
    if (hasPty) {
      prompts.tell("Connection to " + config.hostname() + " closed.");
    }
    return status;
  }

  private String refusal() {
    return switch (request()) {
      case SessionRequest.Subsystem _ -> "subsystem request failed on channel 0";
      case SessionRequest.Exec _ -> "exec request failed on channel 0";
      case SessionRequest.Shell _ -> "shell request failed on channel 0";
    };
  }

  // Escape sequences.

  private void command(int c, RemoteCommand running) {
    char escape = (char) (int) config.get(ClientOptions.ESCAPE_CHAR);
    tell(escape + (c == Escapes.SUSPEND ? "^Z" : Character.toString(c)));
    try {
      switch (c) {
        case '.' -> {
          leaving = true;
          running.close();
          connection.close();
        }
        case '#' -> tell("The following connections are open:\n  #0 client-session");
        case 's' -> tell(state());
        case 'R' -> connection.rekey();
        case 'B' -> running.sendBreak();
        case '?' -> tell(HELP.replace('~', escape));
        case Escapes.SUSPEND -> suspend(running);
        default -> {}
      }
    } catch (IOException e) {
      tell(String.valueOf(e.getMessage()));
    }
  }

  /** What is told on the screen is a part of what it shows. */
  private void tell(String text) {
    Display painted = display;
    if (painted == null) {
      prompts.tell(text);
      return;
    }
    try {
      painted.tell(text);
    } catch (IOException e) {
      // Who brings output fails, too.
    }
  }

  private String state() {
    Pulse asking = pulse;
    long roundTrip = asking == null ? 0 : asking.roundTripNanos();
    return roundTrip == 0
        ? links.text()
        : links.text() + " Round trip " + Math.max(1, roundTrip / 1_000_000) + " ms.";
  }

  /** The shell that started us has the terminal as it knows it, until it lets us go on. */
  private void suspend(RemoteCommand running) {
    Display painted = display;
    if (painted != null) {
      painted.leave();
    }
    tty.restore();
    TtyCalls.kill((int) ProcessHandle.current().pid(), STOP);
    if (raw) {
      tty.raw();
    }
    if (painted != null) {
      painted.back();
    }
    resize(running);
  }

  private static final String HELP =
      """
      Supported escape sequences:
       ~.   - terminate connection
       ~B   - send a BREAK to the remote system
       ~R   - request rekey
       ~s   - state of the link
       ~^Z  - suspend
       ~#   - list forwarded connections
       ~?   - this message
       ~~   - send the escape character by typing it twice
      (Note that escapes are only recognized immediately after newline.)\
      """;
}
