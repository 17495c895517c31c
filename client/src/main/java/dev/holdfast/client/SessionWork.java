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
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

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
  private final Supplier<String> linkState;
  private final Tty tty = new Tty(Tty.STDIN);
  private boolean raw;
  private volatile boolean leaving;

  /**
   * For that connection.
   *
   * @param linkState how the link is, in a sentence
   */
  SessionWork(
      ClientConfig config,
      ClientConnection connection,
      Stdio stdio,
      Prompts prompts,
      Supplier<String> linkState) {
    this.config = config;
    this.connection = connection;
    this.stdio = stdio;
    this.prompts = prompts;
    this.linkState = linkState;
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
        Closeable _ = hasPty ? watchSize(running) : () -> {}) {
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
        if (hasPty) {
          to.write(escapes.filtered(bytes, count));
        } else {
          to.write(bytes, 0, count);
        }
        to.flush();
      }
    } catch (IOException e) {
      // Whoever reads the output sees the end, too.
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
    try {
      pump(running.stdout(), stdio.out());
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
    prompts.tell(escape + (c == Escapes.SUSPEND ? "^Z" : Character.toString(c)));
    try {
      switch (c) {
        case '.' -> {
          leaving = true;
          running.close();
          connection.close();
        }
        case '#' -> prompts.tell("The following connections are open:\n  #0 client-session");
        case 's' -> prompts.tell(linkState.get());
        case 'R' -> connection.rekey();
        case 'B' -> running.sendBreak();
        case '?' -> prompts.tell(HELP.replace('~', escape));
        case Escapes.SUSPEND -> suspend(running);
        default -> {}
      }
    } catch (IOException e) {
      prompts.tell(String.valueOf(e.getMessage()));
    }
  }

  /** The shell that started us has the terminal as it knows it, until it lets us go on. */
  private void suspend(RemoteCommand running) {
    tty.restore();
    TtyCalls.kill((int) ProcessHandle.current().pid(), STOP);
    if (raw) {
      tty.raw();
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
