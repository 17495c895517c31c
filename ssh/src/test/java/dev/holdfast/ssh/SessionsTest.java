package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ClientEnd.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.PtyChannelConfiguration;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session is told, and what its client gets. */
@Timeout(60)
final class SessionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KeyPair host = SshKeys.generateEd25519();
  private final KeyPair key = SshKeys.generateEd25519();
  private final Recorder recorder = new Recorder();
  private final ServerEngine server =
      ServerEngine.serve(List.of(host), Authenticator.only(key.getPublic()), recorder);
  private final ClientEngine client = ClientEngine.start(RekeyMeter.DEFAULT_LIMIT);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Writes down what comes, and takes input when it is told to. */
  private static final class Recorder implements Sessions, ServedSession {
    final ConcurrentLinkedQueue<Object> told = new ConcurrentLinkedQueue<>();
    final CompletableFuture<ClientEnd> end = new CompletableFuture<>();
    volatile boolean takes = true;

    @Override
    public SessionAnswer start(SessionStart start, ClientEnd client) {
      told.add(start);
      end.complete(client);
      return start.request().equals(new SessionRequest.Subsystem("none"))
          ? new SessionAnswer.Refused()
          : new SessionAnswer.Served(this);
    }

    @Override
    public boolean acceptsVariable(Login login, String name) {
      return name.startsWith("LC_");
    }

    @Override
    public void begin() {
      told.add("begin");
    }

    @Override
    public int input(byte[] bytes, int offset, int length) {
      told.add("input " + new String(bytes, offset, length, US_ASCII));
      return takes ? length : 0;
    }

    @Override
    public void inputEnded() {
      told.add("input ended");
    }

    @Override
    public void resize(WindowSize size) {
      told.add(size);
    }

    @Override
    public void signal(String name) {
      told.add("signal " + name);
    }

    @Override
    public boolean sendBreak(Duration length) {
      told.add(length);
      return true;
    }

    @Override
    public void writable() {
      told.add("writable");
    }

    @Override
    public void closed() {
      told.add("closed");
    }

    SessionStart start() {
      return (SessionStart) told.stream().filter(SessionStart.class::isInstance).findFirst().get();
    }

    void await(Object what) {
      org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(told).contains(what));
    }
  }

  private ClientTransport connect() throws IOException {
    Pipe pipe = new Pipe();
    server.accept(pipe.server);
    Target target =
        new Target("me", List.of(key), HostKeyCheck.only(host.getPublic()), false, PATIENCE);
    return client.connect(pipe.client, target).session;
  }

  private ChannelShell shell(PtyChannelConfiguration pty, Map<String, ?> environment)
      throws IOException {
    ChannelShell shell = connect().createShellChannel(pty, environment);
    shell.open().verify(PATIENCE);
    recorder.await("begin");
    return shell;
  }

  private ChannelShell shell() throws IOException {
    return shell(new PtyChannelConfiguration(), Map.of());
  }

  @Test
  void allThatWasAskedForBeforeComesWithTheRequest() throws Exception {
    PtyChannelConfiguration pty = new PtyChannelConfiguration();
    pty.setPtyType("vt100");
    pty.setPtyColumns(100);
    pty.setPtyLines(33);
    // MINA's client sends these two the wrong way round.
    pty.setPtyHeight(800);
    pty.setPtyWidth(70_000);
    pty.setPtyModes(Map.of(PtyMode.VINTR, 3));
    shell(pty, Map.of("LC_A", "1", "PATH", "x"));
    SessionStart start = recorder.start();
    assertThat(start.login().user()).isEqualTo("me");
    assertThat(start.request()).isEqualTo(new SessionRequest.Shell());
    assertThat(start.environment()).isEqualTo(Map.of("LC_A", "1"));
    assertThat(start.pty())
        .isEqualTo(new Pty("vt100", new WindowSize(100, 33, 800, WindowSize.MOST), Map.of(1, 3L)));
    assertThat(start.agentForwarding()).isFalse();
    assertThat(start.x11()).isNull();
  }

  @Test
  void whatComesWhileItRunsIsToldInOrder() throws Exception {
    ChannelShell shell = shell();
    shell.sendWindowChange(120, 40);
    request(shell, "signal", buffer -> buffer.putString("INT"));
    request(shell, "break", buffer -> buffer.putUInt(500));
    shell.getInvertedIn().write("abc".getBytes(US_ASCII));
    shell.getInvertedIn().flush();
    shell.getInvertedIn().close();
    recorder.await("input ended");
    assertThat(recorder.told.stream().skip(2).map(Object::toString).toList())
        .containsExactly(
            recorder.told.stream().skip(2).findFirst().orElseThrow().toString(),
            "signal INT",
            "PT0.5S",
            "input abc",
            "input ended");
    assertThat(recorder.told.stream().skip(2).findFirst().orElseThrow())
        .isInstanceOfSatisfying(
            WindowSize.class,
            size -> assertThat(size).extracting("columns", "rows").containsExactly(120, 40));
    shell.close(false);
    recorder.await("closed");
  }

  @Test
  void aSubsystemGetsNoSignals() throws Exception {
    ChannelSubsystem channel = connect().createSubsystemChannel("some");
    channel.open().verify(PATIENCE);
    recorder.await("begin");
    request(channel, "signal", buffer -> buffer.putString("INT"));
    channel.getInvertedIn().close();
    recorder.await("input ended");
    assertThat(recorder.told).doesNotContain("signal INT");
  }

  private interface Details {
    void put(Buffer buffer);
  }

  private static void request(ClientChannel shell, String name, Details details)
      throws IOException {
    Buffer buffer = shell.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 256);
    buffer.putUInt(shell.getRecipient());
    buffer.putString(name);
    buffer.putBoolean(false);
    details.put(buffer);
    shell.getSession().writePacket(buffer);
  }

  @Test
  void outputErrorsAndTheEndReachTheClient() throws Exception {
    ChannelShell shell = shell();
    write(Output.STDOUT, "out");
    write(Output.STDERR, "err");
    recorder.end.join().exit(new Ending.Signal("KILL", true, "why"));
    shell.waitFor(List.of(ClientChannelEvent.CLOSED), PATIENCE);
    assertThat(shell.getInvertedOut().readAllBytes()).isEqualTo("out".getBytes(US_ASCII));
    assertThat(shell.getInvertedErr().readAllBytes()).isEqualTo("err".getBytes(US_ASCII));
    assertThat(shell.getExitSignal()).isEqualTo("KILL");
    recorder.await("closed");
  }

  private void write(Output way, String text) throws IOException {
    byte[] bytes = text.getBytes(US_ASCII);
    int written =
        recorder
            .end
            .join()
            .write(
                way,
                (target, offset, length) -> {
                  System.arraycopy(bytes, 0, target, offset, bytes.length);
                  return bytes.length;
                });
    assertThat(written).isEqualTo(bytes.length);
  }

  @Test
  void theWindowIsGivenBackByWhatIsConsumedAndNotBefore() throws Exception {
    recorder.takes = false;
    ChannelShell shell = shell();
    byte[] much = new byte[3 << 20];
    Thread writer =
        Thread.startVirtualThread(() -> {
          try {
            shell.getInvertedIn().write(much);
            shell.getInvertedIn().flush();
          } catch (IOException e) {
            recorder.told.add(e);
          }
        });
    await().until(() -> received() == ClientEnd.WINDOW);
    await().during(Duration.ofMillis(300)).until(() -> received() == ClientEnd.WINDOW);
    recorder.end.join().consumed(ClientEnd.WINDOW);
    await().until(() -> received() == much.length);
    writer.join();
  }

  private long received() {
    return recorder.told.stream()
        .filter(one -> one instanceof String text && text.startsWith("input "))
        .mapToLong(one -> ((String) one).length() - "input ".length())
        .sum();
  }

  /** The client's window is 2 MiB and nobody there reads. */
  @Test
  void aFullClientTakesNothingAndSaysWhenItTakesAgain() throws Exception {
    ChannelShell shell = shell();
    long sent = fill();
    assertThat(sent).isEqualTo(ClientEnd.WINDOW);
    assertThat(recorder.end.join().isWritable()).isFalse();
    // There were some while the way there was full and the window was not.
    recorder.told.removeIf("writable"::equals);
    assertThat(recorder.told).doesNotContain("writable");
    assertThat(shell.getInvertedOut().readNBytes(1 << 20)).hasSize(1 << 20);
    recorder.await("writable");
    assertThat(recorder.end.join().isWritable()).isTrue();
  }

  /** Writes until the window is full, which the way there may be before. */
  private long fill() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    await()
        .until(() -> {
          while (sent.size() < ClientEnd.WINDOW) {
            int count =
                recorder.end.join().write(Output.STDOUT, (target, offset, length) -> length);
            if (count == ClientEnd.NO_ROOM) {
              return false;
            }
            sent.write(new byte[count]);
          }
          return true;
        });
    return sent.size();
  }
}
