package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.RemoteCommand;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the escape sequences do (ssh(1), ESCAPE CHARACTERS), and those of ours. Thread-safe. */
final class EscapeCommands {
  private static final int STOP = TtyCalls.isMac() ? 18 : 20;

  private final char escape;
  private final Prompts prompts;
  private final Tty tty;
  private final Supplier<String> linkState;
  private final Doing doing;
  private volatile @Nullable ClientConnection connection;
  private volatile @Nullable RemoteCommand running;

  /** What the session as a whole does. */
  interface Doing {
    /** Ends. */
    void leave();

    /** Tries another link, or makes another connection, now. */
    void reconnect();

    /** Asks for a line and does what it says (~C). */
    void commandLine();

    /** The forwarded connections, a line each. */
    String forwards();
  }

  EscapeCommands(
      ClientConfig config, Prompts prompts, Tty tty, Supplier<String> linkState, Doing doing) {
    this.escape = (char) (int) config.get(ClientOptions.ESCAPE_CHAR);
    this.prompts = prompts;
    this.tty = tty;
    this.linkState = linkState;
    this.doing = doing;
  }

  /** The connection and the command that run from now on. */
  void now(ClientConnection connection, RemoteCommand running) {
    this.connection = connection;
    this.running = running;
  }

  /** Neither runs any more. */
  void away() {
    connection = null;
    running = null;
  }

  /** Does what that character stands for. */
  void run(int c) {
    prompts.tell(escape + (c == Escapes.SUSPEND ? "^Z" : Character.toString(c)));
    try {
      switch (c) {
        case '.' -> doing.leave();
        case '#' -> prompts.tell("The following connections are open:\n" + doing.forwards());
        case 's' -> prompts.tell(linkState.get());
        case 'r' -> doing.reconnect();
        case 'C' -> doing.commandLine();
        case 'R' -> rekey();
        case 'B' -> sendBreak();
        case '?' -> prompts.tell(HELP.replace('~', escape));
        case Escapes.SUSPEND -> suspend();
        default -> {}
      }
    } catch (IOException e) {
      prompts.tell(String.valueOf(e.getMessage()));
    }
  }

  private void rekey() throws IOException {
    ClientConnection now = connection;
    if (now != null) {
      now.rekey();
    }
  }

  private void sendBreak() throws IOException {
    RemoteCommand now = running;
    if (now != null) {
      now.sendBreak();
    }
  }

  /** The shell that started us has the terminal as it knows it, until it lets us go on. */
  private void suspend() throws IOException {
    boolean wasRaw = tty.restore();
    TtyCalls.kill((int) ProcessHandle.current().pid(), STOP);
    if (wasRaw) {
      tty.raw();
    }
    RemoteCommand now = running;
    if (now != null && tty.size().isPresent()) {
      now.resize(tty.size().get());
    }
  }

  private static final String HELP =
      """
      Supported escape sequences:
       ~.   - terminate connection
       ~B   - send a BREAK to the remote system
       ~C   - open a command line
       ~R   - request rekey
       ~r   - reconnect now
       ~s   - state of the link
       ~^Z  - suspend
       ~#   - list forwarded connections
       ~?   - this message
       ~~   - send the escape character by typing it twice
      (Note that escapes are only recognized immediately after newline.)\
      """;
}
