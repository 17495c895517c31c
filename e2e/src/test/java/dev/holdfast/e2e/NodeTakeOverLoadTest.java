package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Take-overs of a node under shells on terminals, a copy and forwards, half of them held by {@code
 * holdfast connect} over links that are cut, half without resumption: all go on, and every byte is
 * right.
 */
@Needs(Tool.SSH)
final class NodeTakeOverLoadTest {
  private static final int TAKE_OVERS = Effort.LONG ? 20 : 2;
  private static final int SHELLS = Effort.LONG ? 50 : 4;
  private static final int FORWARDS = Effort.LONG ? 100 : 8;
  private static final long COPY_BYTES = Effort.LONG ? 1L << 30 : 24L << 20;

  /** For scp -l, so that the copy lasts for some take-overs. */
  private static final String COPY_KBIT = Effort.LONG ? "120000" : "32000";

  private static final int BLOCK = 64 * 1024;
  private static final Duration DEADLINE =
      Effort.LONG ? Duration.ofMinutes(4) : Duration.ofSeconds(60);

  @Test
  void shellsACopyAndForwardsGoOnThroughTakeOvers() throws Exception {
    Path directory = Scratch.directory("load");
    Path sample = Sample.write(directory.resolve("sample"), COPY_BYTES, 1);
    List<AutoCloseable> all = new ArrayList<>();
    try (Node node = Node.with("  MaxStartups: 500\n");
        CuttingRelay relay = new CuttingRelay(node.address());
        EchoServer echo = new EchoServer()) {
      Ssh plain = Ssh.to(node.address(), null);
      Ssh held = Ssh.to(relay.address(), Holdfast.proxyCommand("%h", "%p"));
      try {
        List<Shell> shells = new ArrayList<>();
        for (int i = 0; i < SHELLS; i++) {
          shells.add(new Shell(i % 2 == 0 ? plain : held));
          all.add(shells.getLast());
        }
        List<Forward> forwards = forwards(all, List.of(plain, held), echo.address());
        Path copied = directory.resolve("copied");
        Program copy =
            held.scp("-l", COPY_KBIT, sample.toString(), Ssh.HOST + ":" + copied).start();
        all.add(copy);
        shells.forEach(Shell::sayAndHear);
        int during = takeOver(node, relay, shells, forwards, copy);
        copy.await(DEADLINE).ok();
        assertThat(Sample.sha256(copied)).isEqualTo(Sample.sha256(sample));
        assertThat(node.generations()).hasSize(TAKE_OVERS + 1);
        System.err.printf(
            "%d take-overs, %d of them during the copy; %d resets; resident MiB of each: %s%n",
            TAKE_OVERS,
            during,
            relay.resets(),
            node.generations().stream()
                .filter(Program::alive)
                .map(process -> Vitals.resident(process) >> 20)
                .toList());
        shells.forEach(Shell::finish);
        assertThat(node.log()).doesNotContain("a defect");
      } catch (AssertionError e) {
        System.err.println("the node's log: " + node.log());
        throw e;
      } finally {
        for (AutoCloseable one : all.reversed()) {
          one.close();
        }
      }
    }
    Leftovers.end(DEADLINE);
  }

  private static int takeOver(
      Node node, CuttingRelay relay, List<Shell> shells, List<Forward> forwards, Program copy)
      throws IOException {
    int during = 0;
    for (int i = 0; i < TAKE_OVERS; i++) {
      node.upgrade();
      relay.reset();
      shells.forEach(Shell::sayAndHear);
      for (Forward forward : forwards) {
        forward.passABlock();
      }
      during += copy.alive() ? 1 : 0;
      copy.assertUnbroken();
    }
    return during;
  }

  /** By one connection of each client; a socket through each forward stays open. */
  private static List<Forward> forwards(
      List<AutoCloseable> all, List<Ssh> clients, InetSocketAddress echo) throws IOException {
    List<Forward> forwards = new ArrayList<>();
    for (Ssh client : clients) {
      Command command = client.ssh("-N", "-o", "ExitOnForwardFailure=yes");
      List<InetSocketAddress> ports = new ArrayList<>();
      for (int i = 0; i < FORWARDS / 2; i++) {
        ports.add(Ports.free());
        command = command.plus("-L", Ports.text(ports.getLast()) + ":" + Ports.text(echo));
      }
      Program ssh = command.plus(Ssh.HOST).start();
      all.add(ssh);
      for (InetSocketAddress port : ports) {
        Ports.awaitListening(ssh, port.getPort());
        forwards.add(new Forward(port));
        all.add(forwards.getLast());
      }
    }
    return forwards;
  }

  /** A shell on a terminal that says what it hears. */
  private static final class Shell implements AutoCloseable {
    private static final String ECHO =
        "stty -echo -onlcr; while read -r line; do echo \"heard $line\"; done; exit 7";

    private final Program ssh;
    private int said;

    Shell(Ssh client) {
      ssh = client.ssh("-tt", Ssh.HOST, ECHO).start();
    }

    void sayAndHear() {
      said++;
      ssh.type("line " + said + "\n");
      ssh.awaitOutput("heard line " + said + "\n", DEADLINE);
    }

    void finish() {
      ssh.type("\4");
      Outcome outcome = ssh.await(DEADLINE).exited(7);
      StringBuilder all = new StringBuilder();
      for (int i = 1; i <= said; i++) {
        all.append("heard line ").append(i).append('\n');
      }
      assertThat(outcome.output()).endsWith(all.toString());
    }

    @Override
    public void close() {
      ssh.close();
    }
  }

  /** A connection through a forward to what sends everything back. */
  private static final class Forward implements AutoCloseable {
    private final Socket socket;
    private final Random random;

    Forward(InetSocketAddress port) throws IOException {
      socket = new Socket(port.getAddress(), port.getPort());
      socket.setSoTimeout((int) DEADLINE.toMillis());
      random = new Random(port.getPort());
    }

    void passABlock() throws IOException {
      byte[] block = new byte[BLOCK];
      random.nextBytes(block);
      Thread writer = Thread.startVirtualThread(() -> write(block));
      byte[] back = new byte[BLOCK];
      new DataInputStream(socket.getInputStream()).readFully(back);
      assertThat(back).isEqualTo(block);
      assertThat(writer.isInterrupted()).isFalse();
    }

    private void write(byte[] block) {
      try {
        socket.getOutputStream().write(block);
      } catch (IOException e) {
        // The reader fails, and says so.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Sends everything back. */
  private static final class EchoServer implements AutoCloseable {
    private final ServerSocket socket;

    EchoServer() throws IOException {
      socket = new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
      Thread.startVirtualThread(this::acceptAll);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void acceptAll() {
      try {
        while (true) {
          Socket accepted = socket.accept();
          Thread.startVirtualThread(() -> echo(accepted));
        }
      } catch (IOException e) {
        // Closed with the test.
      }
    }

    private static void echo(Socket accepted) {
      try (accepted) {
        accepted.getInputStream().transferTo(accepted.getOutputStream());
      } catch (IOException e) {
        // Its client has gone.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
