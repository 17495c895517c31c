package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.ssh.ClientEnd;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes' worth of one node, reached by holdfast-attach in tmux and by raw messages. */
@Timeout(120)
final class AttachTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir Path directory;
  private NodeServer old;
  private NodeServer newer;
  private Path sockets;
  private Path program;

  @BeforeEach
  void start() throws Exception {
    boolean able = Files.isExecutable(Path.of("/usr/bin/tmux"));
    assumeTrue(able || "true".equals(System.getenv("CI")), "SKIPPED: needs tmux");
    old = server("a");
    newer = server("b");
    sockets = SessionDirectory.of(directory.resolve("state")).path();
    program = directory.resolve("holdfast-attach");
    String resource = "linux-" + System.getProperty("os.arch") + "/holdfast-attach";
    try (InputStream in =
        Objects.requireNonNull(AttachProgram.class.getResourceAsStream(resource))) {
      Files.copy(in, program);
    }
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    tmux("new-session", "-d", "-x", "80", "-y", "24", "exec cat");
  }

  private NodeServer server(String name) throws Exception {
    NodeServer server =
        new NodeServer(Files.createDirectory(directory.resolve(name)), SessionSettings.defaults());
    server.named().open(directory.resolve("state"), new LiveTerminals());
    return server;
  }

  @AfterEach
  void stop() throws Exception {
    if (old != null) {
      tmux("kill-server");
      old.close();
      newer.close();
      assertThat(sockets).doesNotExist();
    }
  }

  @Test
  void aSessionMadeByAttachOutlivesItsClientAndIsThereAgainWithItsScrollback() throws Exception {
    client("one", newer, "attach", "work");
    // What is typed before that is echoed by others, and may be lost when they set the terminal.
    await().atMost(LONGEST).until(() -> !newer.named().isEmpty());
    type("one", "export PS1='$ '; seq 1 200; echo in $HOLDFAST_SESSION on $TERM");
    awaitShown("one", "in work on ");
    kill("one");
    await().atMost(LONGEST).until(() -> newer.named().list(null).getFirst().attached() == 0);
    assertThat(run("sessions", "ls").text()).contains("work").contains("80x24");

    client("two", newer, "attach", "work");
    awaitShown("two", "in work on ");
    assertThat(numbers("two")).isEqualTo(IntStream.rangeClosed(1, 200).boxed().toList());
    tmux("send-keys", "-t", ":=two", "C-\\", "d");
    awaitShown("two", "[detached from work]");
    awaitShown("two", "STATUS 0");
    client("three", newer, "attach", "work");
    awaitShown("three", "in work on ");
    type("three", "stty -a | head -1; exit 3");
    awaitShown("three", "[work ended with status 3]");
    awaitShown("three", "STATUS 3");
  }

  @Test
  void aSessionOfAnOldProcessIsReachedThroughTheNewOneInEveryWay() throws Exception {
    client("one", old, "-o", "SetEnv=HOLDFAST_SESSION=work");
    type("one", "echo old $((40+2))");
    awaitShown("one", "old 42");

    client("two", newer, "-o", "SetEnv=HOLDFAST_SESSION=work");
    awaitShown("one", "[session work was attached elsewhere]");
    awaitShown("two", "old 42");
    type("two", "echo new $((40+3))");
    awaitShown("two", "new 43");
    client("three", newer, "attach", "--share", "work");
    awaitShown("three", "new 43");
    type("three", "echo both $((40+4))");
    awaitShown("two", "both 44");
    assertThat(newer.named().isEmpty()).isTrue();
    assertThat(old.named().list(null).getFirst().attached()).isEqualTo(2);

    client("four", newer, "attach", "--read-only", "work");
    awaitShown("four", "both 44");
    type("four", "echo dropped $((40+5))");
    type("three", "echo last $((40+6))");
    awaitShown("four", "last 46");
    assertThat(screen("four")).doesNotContain("dropped");
    assertThat(run("sessions", "kill", "work").status()).isZero();
    awaitShown("two", "[session work was killed]");
    awaitShown("three", "[session work was killed]");
    assertThat(run("sessions", "kill", "work").status()).isEqualTo(255);
    assertThat(run("sessions", "ls", "--format", "json").text()).isEqualTo("[]\n");
  }

  @Test
  void anotherUserSeesNothingAndRootSeesAll() throws Exception {
    ThrowAwayUser user = new ThrowAwayUser();
    try {
      user.unlock();
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      client("one", newer, "attach", "work");
      awaitShown("one", "");
      await().atMost(LONGEST).until(() -> !newer.named().isEmpty());
      assertThat(as(user, "sessions ls").text()).isEmpty();
      assertThat(as(user, "sessions kill --user " + NodeServer.USER + " work").status())
          .isEqualTo(255);
      assertThat(as(user, "sessions ls --format names").status()).isZero();
      assertThat(run("sessions", "ls", "--format", "names").text()).isEqualTo("work\n");
      try (Raw stranger = new Raw()) {
        stranger.say(attach("own", user.name, true));
        assertThat(stranger.hear()).isInstanceOf(SessionMessage.Refused.class);
      }
    } finally {
      user.delete();
    }
  }

  private NodeServer.Ended as(ThrowAwayUser user, String arguments) throws Exception {
    String line = "HOLDFAST_SESSIONS=" + sockets + " " + program + " " + arguments;
    return NodeServer.run(
        NodeServer.nothing(), List.of("su", user.name, "-s", "/bin/sh", "-c", line));
  }

  @Test
  void aUserHasSixtyFourSessionsAndIsToldSo() throws Exception {
    List<Raw> all = new ArrayList<>();
    try {
      for (int i = 0; i < NamedSessions.MOST_OF_USER; i++) {
        Raw client = new Raw();
        all.add(client);
        client.say(attach("s" + i, "", true));
        assertThat(client.hear()).isEqualTo(new SessionMessage.Attached());
      }
      try (Raw last = new Raw()) {
        last.say(attach("last", "", true));
        assertThat(last.hear()).isInstanceOf(SessionMessage.Refused.class);
      }
    } finally {
      all.forEach(Raw::close);
    }
  }

  @Test
  void whoTypesBeyondTheWindowOrTalksNonsenseIsCutOff() throws Exception {
    try (Raw client = new Raw()) {
      client.say(attach("busy", "", true));
      assertThat(client.hear()).isEqualTo(new SessionMessage.Attached());
      client.say(new SessionMessage.Keys("stty raw; exec sleep 1000\n".getBytes(UTF_8)));
      byte[] much = new byte[60_000];
      for (int sent = 0; sent < 2 * ClientEnd.WINDOW && client.trySay(much); ) {
        sent += much.length;
      }
      await().atMost(LONGEST).until(() -> !client.trySay(much));
    }
    try (Raw client = new Raw()) {
      client.say(new SessionMessage.Attached());
      client.awaitEnd();
    }
    try (Raw client = new Raw(9)) {
      assertThat(client.hear()).isInstanceOf(SessionMessage.Refused.class);
    }
    assertThat(run("sessions", "kill", "busy").status()).isZero();
  }

  @Test
  void aUserHasSoManyConnectionsAtATime() throws Exception {
    List<Raw> all = new ArrayList<>();
    try {
      for (int i = 0; i < SessionSocket.MOST_OF_USER; i++) {
        all.add(new Raw());
      }
      try (Raw beyond = new Raw()) {
        beyond.awaitEnd();
      }
    } finally {
      all.forEach(Raw::close);
    }
  }

  private static SessionMessage attach(String name, String user, boolean create) {
    return new SessionMessage.Attach(user, name, "take", create, 80, 24, "xterm", Map.of());
  }

  /** A client that says what it likes to the newest process. */
  private final class Raw implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;

    Raw() throws IOException {
      this(SessionMessage.VERSION);
    }

    Raw(int version) throws IOException {
      Path file = SessionDirectory.of(directory.resolve("state")).files().getFirst();
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(file));
      in = new DataInputStream(Channels.newInputStream(channel));
      say(new SessionMessage.Hello(version));
    }

    void say(SessionMessage message) throws IOException {
      channel.write(ByteBuffer.wrap(message.framed()));
    }

    boolean trySay(byte[] keys) {
      try {
        say(new SessionMessage.Keys(keys));
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    SessionMessage hear() throws IOException {
      byte[] body = new byte[in.readUnsignedShort()];
      in.readFully(body);
      return SessionMessage.read(ByteBuffer.wrap(body));
    }

    void awaitEnd() {
      try {
        while (true) {
          hear();
        }
      } catch (EOFException e) {
        // As it has to be.
      } catch (IOException e) {
        // Cut off while something was under way.
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private NodeServer.Ended run(String... arguments) throws Exception {
    List<String> line =
        new ArrayList<>(List.of("env", "HOLDFAST_SESSIONS=" + sockets, program.toString()));
    line.addAll(List.of(arguments));
    return NodeServer.run(NodeServer.nothing(), line);
  }

  /** ssh -tt in a window of its own, with options, or with the arguments of holdfast-attach. */
  private void client(String window, NodeServer node, String... arguments) throws IOException {
    boolean options = arguments[0].startsWith("-");
    List<String> all = new ArrayList<>(List.of("-tt"));
    all.addAll(options ? List.of(arguments) : List.of());
    String command = options ? "" : program + " " + String.join(" ", arguments);
    List<String> line =
        options ? node.line(NodeServer.USER, all) : node.line(NodeServer.USER, all, command);
    tmux(
        "new-window",
        "-d",
        "-n",
        window,
        String.join(" ", line) + "; echo STATUS $?; exec sleep 100");
  }

  /** Kills the window's ssh, which says nothing more. */
  private void kill(String window) throws IOException {
    String process = tmux("display", "-p", "-t", ":=" + window, "#{pane_pid}").strip();
    ProcessHandle.of(Long.parseLong(process))
        .orElseThrow()
        .descendants()
        .forEach(ProcessHandle::destroyForcibly);
  }

  private void type(String window, String line) throws IOException {
    tmux("send-keys", "-t", ":=" + window, "-l", line);
    tmux("send-keys", "-t", ":=" + window, "Enter");
  }

  private List<Integer> numbers(String window) throws IOException {
    return tmux("capture-pane", "-p", "-S", "-", "-t", ":=" + window)
        .lines()
        .filter(line -> line.matches("[0-9]+"))
        .map(Integer::valueOf)
        .toList();
  }

  private String screen(String window) throws IOException {
    return tmux("capture-pane", "-p", "-t", ":=" + window);
  }

  private void awaitShown(String window, String text) {
    await().atMost(LONGEST).untilAsserted(() -> assertThat(screen(window)).contains(text));
  }

  private String tmux(String... arguments) throws IOException {
    return TmuxServer.run(directory.resolve("tmux"), arguments);
  }
}
