package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions with a pty, asked for by OpenSSH's ssh. */
@Timeout(120)
final class PtyTest {
  private static final List<String> PTY = List.of("-tt");

  @TempDir Path directory;
  private NodeServer node;

  @BeforeEach
  void start() throws Exception {
    node = new NodeServer(directory, SessionSettings.defaults());
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  /** A running ssh that one types to and reads from. */
  private static final class Typed implements AutoCloseable {
    private final Process process;
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

    Typed(Process process) {
      this.process = process;
      Thread.startVirtualThread(this::read);
    }

    private void read() {
      byte[] bytes = new byte[1024];
      try (InputStream out = process.getInputStream()) {
        for (int count = out.read(bytes); count >= 0; count = out.read(bytes)) {
          seen.write(bytes, 0, count);
        }
      } catch (IOException e) {
        // It was ended.
      }
    }

    String seen() {
      return seen.toString(UTF_8);
    }

    Typed type(String text) throws IOException {
      OutputStream in = process.getOutputStream();
      in.write(text.getBytes(UTF_8));
      in.flush();
      return this;
    }

    Typed awaitText(String text) {
      await().untilAsserted(() -> assertThat(seen()).contains(text));
      return this;
    }

    int awaitExit() throws InterruptedException {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(seen()).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private Typed typed(String... command) throws IOException {
    return new Typed(node.start(PTY, command));
  }

  private String pty(String command) throws Exception {
    return node.ssh(NodeServer.USER, NodeServer.nothing(), PTY, command).text();
  }

  @Test
  void aLoginShellIsOneAndKnowsItsTerminal() throws Exception {
    try (Typed shell = typed()) {
      shell.type("echo \"<$0>\" $SSH_TTY $(tty) $TERM the''end\n").awaitText(" theend");
      String tty = "(/dev/pts/\\d+)";
      assertThat(shell.seen()).containsPattern("<-[a-z]+> " + tty + " \\1 \\S* theend");
      assertThat(shell.type("exit 7\n").awaitExit()).isEqualTo(7);
    }
  }

  @Test
  void theTerminalIsTheUsersAndOfTheGroupTty() throws Exception {
    String owner = pty("stat -c '%U %a' $(tty)").strip();
    assertThat(owner).isIn(NodeServer.USER + " 620", NodeServer.USER + " 600");
  }

  @Test
  void theTerminalIsGivenBack() throws Exception {
    Path slave = Path.of(pty("tty").strip());
    await().until(() -> !java.nio.file.Files.exists(slave));
  }

  /** Python makes a pty of known size and modes around ssh. */
  @Test
  void sizeChangesOfSizeAndModesAreTheClients() throws Exception {
    String program =
        """
        import fcntl, os, pty, select, struct, sys, termios, time
        def size(fd, rows, columns):
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        pid, fd = pty.fork()
        if pid == 0:
            size(0, 33, 101)
            modes = termios.tcgetattr(0)
            modes[6][termios.VERASE] = b'\\x11'
            modes[0] |= termios.IXANY
            termios.tcsetattr(0, termios.TCSANOW, modes)
            os.execvp(sys.argv[1], sys.argv[1:])
        seen = b''
        def until(text):
            global seen
            end = time.time() + 30
            while text not in seen and time.time() < end:
                if select.select([fd], [], [], 1)[0]:
                    try:
                        seen += os.read(fd, 4096)
                    except OSError:
                        break
        until(b'READY')
        size(fd, 44, 120)
        os.kill(pid, 28)
        until(b'END')
        print(seen.decode())
        """;
    String shell =
        "stty size; stty -a; trap 'stty size; echo E\"\"ND; exit' WINCH; echo REA\"\"DY;"
            + " i=0; while [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done";
    List<String> line = new java.util.ArrayList<>(List.of("python3", "-c", program));
    line.addAll(node.line(NodeServer.USER, List.of("-t"), shell));
    String seen = NodeServer.run(NodeServer.nothing(), line).text();
    assertThat(seen).contains("33 101", "erase = ^Q", " ixany", "44 120");
  }

  @Test
  void controlCInterruptsWhatRunsInTheForeground() throws Exception {
    try (Typed command = typed("trap 'echo got it; exit 9' INT; echo ready; sleep 60")) {
      command.awaitText("ready").type("\u0003").awaitText("got it");
      assertThat(command.awaitExit()).isEqualTo(9);
    }
  }

  @Test
  void aClientThatIsGoneHangsUpOnItsShell() throws Exception {
    Path trace = directory.resolve("trace");
    try (Typed command =
        typed(
            "trap 'echo hup >" + trace + "; exit' HUP; echo ready; while :; do sleep 0.1; done")) {
      command.awaitText("ready");
    }
    await().untilAsserted(() -> assertThat(trace).hasContent("hup"));
    await().until(() -> node.sessions().running() == 0);
  }

  @Test
  void whatGoesOnInTheBackgroundDoesNotHoldTheSession() throws Exception {
    try (Typed command = typed("nohup sleep 50 & echo \"[$!]\"; sleep 0.2")) {
      assertThat(command.awaitExit()).isZero();
      String seen = command.seen();
      long sleep = Long.parseLong(seen.substring(seen.indexOf('[') + 1, seen.indexOf(']')));
      assertThat(ProcessHandle.of(sleep)).isPresent();
      ProcessHandle.of(sleep).ifPresent(ProcessHandle::destroy);
    }
  }

  @Test
  void muchOutputIsComplete() throws Exception {
    String seen = pty("stty -opost; seq 1 400000; echo end");
    assertThat(seen).startsWith("1\n2\n").endsWith("\n400000\nend\n").hasSize(2_688_899);
  }

  /** The escape ~B of ssh. */
  @Test
  void aBreakIsTaken() throws Exception {
    try (Typed shell = new Typed(node.start(List.of("-tt", "-e", "~"), "cat"))) {
      shell.type("a\n").awaitText("a\r\na").type("~B").type("bc\n").awaitText("bc\r\nbc");
    }
  }
}
