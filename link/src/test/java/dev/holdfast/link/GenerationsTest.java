package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.stream.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Gates with a server in their own process that take over from one another. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class GenerationsTest {
  private static final int GENERATIONS = 20;

  @TempDir private Path directory;
  private final List<GateEvent> events = new CopyOnWriteArrayList<>();
  private final List<Gate> gates = new ArrayList<>();
  private final List<Closeable> opened = new ArrayList<>();
  private final List<CompletableFuture<Boolean>> tookBack = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() throws IOException {
    for (Closeable it : opened) {
      it.close();
    }
    gates.forEach(Gate::close);
    assertThat(events).noneMatch(GateEvent.Fault.class::isInstance);
  }

  @Test
  void everyStreamIsResumedThroughTheNewestProcessByTheOneThatOpenedIt() throws Exception {
    List<Duplex> programs = new ArrayList<>();
    startFirst();
    try (Relay relay = new Relay(address())) {
      for (int i = 0; i < GENERATIONS; i++) {
        programs.add(connect(relay, ClientSettings.Resume.V2));
        programs.add(connect(relay, ClientSettings.Resume.V1));
        takeOver();
      }
      for (int round = 0; round < 3; round++) {
        relay.cut();
        for (int i = 0; i < programs.size(); i++) {
          assertThat(say(programs.get(i), "round")).isEqualTo(i / 2 + " round");
        }
      }
      long passed = events.stream().filter(GateEvent.Passed.class::isInstance).count();
      assertThat(passed).isGreaterThanOrEqualTo(3L * programs.size());
      assertThat(gates.getLast().values().passed()).isEqualTo(passed);
    }
  }

  @Test
  void aPlainClientStaysWithTheOldProcessUntilItGoes() throws Exception {
    startFirst();
    try (Socket client = new Socket()) {
      client.connect(address());
      client.getOutputStream().write(Rig.ascii("GET / plain\n"));
      assertThat(Rig.read(client.getInputStream(), 14)).isEqualTo(Rig.ascii("0 GET / plain\n"));
      takeOver();
      client.getOutputStream().write(Rig.ascii("still\n"));
      assertThat(Rig.read(client.getInputStream(), 8)).isEqualTo(Rig.ascii("0 still\n"));
      assertThat(gates.getFirst().isEmpty()).isFalse();
    }
    await().until(gates.getFirst()::isEmpty);
    await().until(() -> events.stream().anyMatch(GateEvent.Left.class::isInstance));
  }

  @Test
  void streamsOfAProcessThatDiedAreGoneAtOnceAndItsClientIsToldWhy() throws Exception {
    startFirst();
    try (Relay relay = new Relay(address())) {
      Duplex dead = connect(relay, ClientSettings.Resume.V2);
      Duplex deadV1 = connect(relay, ClientSettings.Resume.V1);
      takeOver();
      Duplex live = connect(relay, ClientSettings.Resume.V2);
      takeOver();
      gates.getFirst().close();
      relay.cut();
      assertThat(say(live, "here")).isEqualTo("1 here");
      assertThatThrownBy(() -> dead.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class)
          .hasMessageContaining("the server was restarted; connect again");
      assertThatThrownBy(() -> deadV1.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class);
    }
  }

  @Test
  void aProcessThatCantBeUnderstoodIsNoReasonToGiveAStreamUp() throws Exception {
    startFirst();
    Path stranger = directory.resolve("node.%d-9999.sock".formatted(ProcessHandle.current().pid()));
    try (DescriptorListener listener = DescriptorListener.open(stranger);
        Relay relay = new Relay(address())) {
      Duplex program = connect(relay, ClientSettings.Resume.V2);
      takeOver();
      gates.getFirst().close();
      CompletableFuture<Void> asked = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answerInAnotherFormat(listener, asked));
      relay.cut();
      asked.join();
      await()
          .until(() ->
              events.stream()
                  .anyMatch(it ->
                      it instanceof GateEvent.Refused refused
                          && refused.why().contains("is busy")));
      Loop.closeQuietly(listener);
      assertThatThrownBy(() -> program.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class)
          .hasMessageContaining("restarted");
    }
  }

  /** A proxy asks before it decides what becomes of a client. */
  @Test
  void whoKeepsAStreamIsAskedForBeforeItsClientIsPassedOn() throws Exception {
    startFirst();
    try (Relay relay = new Relay(address())) {
      connect(relay, ClientSettings.Resume.V2);
      StreamId kept = gates.getFirst().streams().all().iterator().next().known().ids().getFirst();
      StreamId unknown = new StreamId(new byte[16]);
      assertThat(gates.getFirst().keptElsewhere(kept)).isEqualTo(Kept.NO);
      takeOver();
      assertThat(gates.getLast().keptElsewhere(kept)).isEqualTo(Kept.YES);
      assertThat(gates.getLast().keptElsewhere(unknown)).isEqualTo(Kept.NO);
      Path stranger =
          directory.resolve("node.%d-9999.sock".formatted(ProcessHandle.current().pid()));
      try (DescriptorListener listener = DescriptorListener.open(stranger)) {
        Thread.ofVirtual().start(() -> answerInAnotherFormat(listener, new CompletableFuture<>()));
        assertThat(gates.getLast().keptElsewhere(unknown)).isEqualTo(Kept.UNCLEAR);
        assertThat(gates.getLast().keptElsewhere(kept)).isEqualTo(Kept.YES);
      }
    }
  }

  private static void answerInAnotherFormat(
      DescriptorListener listener, CompletableFuture<Void> asked) {
    try (DescriptorSocket asker = listener.accept()) {
      while (true) {
        try (DescriptorSocket.Message question = asker.receive(Rig.PATIENCE).orElseThrow()) {
          assertThat(PassMessage.read(question.body())).isInstanceOf(PassMessage.Wanted.class);
        }
        asker.send(new PassMessage.OtherFormat(9).encoded(), List.of(), Rig.PATIENCE);
        asked.complete(null);
      }
    } catch (IOException | RuntimeException e) {
      asked.complete(null);
    }
  }

  @Test
  void aQuestionInAnotherFormatIsAnsweredPolitely() throws Exception {
    startFirst();
    takeOver();
    for (Path path : sockets()) {
      try (DescriptorSocket asker = DescriptorSocket.connect(path)) {
        PassMessage question = new PassMessage.Wanted(7, new StreamId(new byte[16]));
        asker.send(question.encoded(), List.of(), Rig.PATIENCE);
        try (DescriptorSocket.Message answer = asker.receive(Rig.PATIENCE).orElseThrow()) {
          assertThat(PassMessage.read(answer.body()))
              .isEqualTo(new PassMessage.OtherFormat(PassMessage.FORMAT));
        }
      }
    }
  }

  @Test
  void aSuccessorThatDiesGivesThePortBack() throws Exception {
    startFirst();
    try (Relay relay = new Relay(address())) {
      Duplex old = connect(relay, ClientSettings.Resume.V2);
      InetSocketAddress address = address();
      try (DescriptorSocket successor = takeOverInVain()) {
        assertThat(successor.peer().process()).isPositive();
      }
      assertThat(tookBack.getFirst().get()).isTrue();
      relay.cut();
      assertThat(say(old, "back")).isEqualTo("0 back");
      try (Socket client = new Socket()) {
        client.connect(address);
        client.getOutputStream().write(Rig.ascii("GET / plain\n"));
        assertThat(Rig.read(client.getInputStream(), 2)).isEqualTo(Rig.ascii("0 "));
      }
    }
  }

  @Test
  void aSuccessorThatEndsInOrderDoesNot() throws Exception {
    startFirst();
    InetSocketAddress address = address();
    takeOver();
    gates.getLast().close();
    assertThat(tookBack.getFirst().get()).isFalse();
    await().until(() -> refuses(address));
  }

  @Test
  void whatAKilledProcessLeftBehindIsRemoved() throws Exception {
    Process killed = new ProcessBuilder("true").start();
    killed.waitFor();
    Path stale = directory.resolve("node.%d-1.sock".formatted(killed.pid()));
    startFirst();
    Files.createFile(stale);
    Files.createFile(DescriptorListener.lockFile(stale));
    try (Relay relay = new Relay(address())) {
      Duplex program = connect(relay, ClientSettings.Resume.V2);
      takeOver();
      relay.cut();
      assertThat(say(program, "x")).isEqualTo("0 x");
    }
    assertThat(stale).doesNotExist();
    assertThat(DescriptorListener.lockFile(stale)).doesNotExist();
  }

  @Test
  void clientsBeyondTheBoundAreToldToComeAgain() throws Exception {
    Generations generations = Generations.open(directory, "node");
    opened.add(generations);
    try (SocketChannel client = SocketChannel.open()) {
      Comer comer = new Comer(client, 1, new StreamId(new byte[16]), ByteBuffer.allocate(0));
      for (int i = 0; i < Generations.MOST_WAITING; i++) {
        assertThat(generations.pass(comer)).isTrue();
      }
      assertThat(generations.pass(comer)).isFalse();
    }
  }

  @Test
  void messagesSurviveTheirEncodingAndNoTruncationIsMistakenForOne() throws Exception {
    StreamId id = new StreamId(Rig.ascii("0123456789abcdef"));
    List<PassMessage> all =
        List.of(
            new PassMessage.Wanted(1, id),
            new PassMessage.Mine(),
            new PassMessage.NotMine(),
            new PassMessage.OtherFormat(200),
            new PassMessage.Comeback(2, id, ByteBuffer.wrap(Rig.ascii("hello"))),
            new PassMessage.Taken());
    for (PassMessage message : all) {
      assertThat(PassMessage.read(message.encoded())).isEqualTo(message);
    }
    ByteBuffer comeback = all.get(4).encoded();
    for (int length = 0; length < 3 + id.bytes().length; length++) {
      ByteBuffer part = comeback.slice(0, length);
      assertThatThrownBy(() -> PassMessage.read(part)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(
            () -> PassMessage.read(ByteBuffer.allocate(PassMessage.MOST_ID + 3).put(0, (byte) 1)))
        .isInstanceOf(IOException.class);
  }

  // ---- gates ----

  private void startFirst() throws IOException {
    gates.add(Gate.start(settings(0, Rig.loopback(0)), List.of(), generations(), events::add));
  }

  private GateSettings settings(int number, InetSocketAddress at) {
    return GateSettings.of(
        List.of(at), new Behind.InProcess((connection, name) -> echo(connection, number)));
  }

  private Generations generations() throws IOException {
    return Generations.open(directory, "node");
  }

  private void takeOver() throws Exception {
    DescriptorSocket from = meet(gates.getLast());
    GateSettings settings = settings(gates.size(), address());
    gates.add(Gate.takeOver(settings, from, generations(), events::add));
  }

  /** A successor that receives the listener and does nothing with it. */
  private DescriptorSocket takeOverInVain() throws Exception {
    DescriptorSocket from = meet(gates.getLast());
    try (GateTakeover takeover = GateTakeover.receive(from)) {
      assertThat(takeover.listeners()).hasSize(1);
    }
    return from;
  }

  /** A connection to {@code gate}, which hands over to whoever asks there. */
  private DescriptorSocket meet(Gate gate) throws Exception {
    Path point = directory.resolve("node.sock");
    DescriptorListener listener = DescriptorListener.open(point);
    CompletableFuture<Boolean> back = new CompletableFuture<>();
    tookBack.add(back);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (listener;
              DescriptorSocket successor = listener.accept()) {
            gate.handOver(successor);
            Loop.closeQuietly(listener);
            back.complete(gate.awaitSuccessor(successor));
          } catch (IOException | InterruptedException e) {
            back.completeExceptionally(e);
          }
        });
    DescriptorSocket from = DescriptorSocket.connect(point);
    opened.add(from);
    return from;
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) gates.getLast().addresses().getFirst();
  }

  private List<Path> sockets() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(it -> it.toString().matches(".*/node\\.\\d+-\\d+\\.sock")).toList();
    }
  }

  private static boolean refuses(InetSocketAddress address) {
    try (Socket client = new Socket()) {
      client.connect(address);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Answers each line with the gate's number before it. */
  private static void echo(Duplex connection, int number) {
    try (connection) {
      StringBuilder line = new StringBuilder();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (connection.read(one.clear()) >= 0) {
        line.append((char) one.get(0));
        if (one.get(0) == '\n') {
          connection.write(ByteBuffer.wrap(Rig.ascii(number + " " + line)));
          line.setLength(0);
        }
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  // ---- clients ----

  private Duplex connect(Relay relay, ClientSettings.Resume resume) throws IOException {
    StreamClient client = StreamClient.start(64 << 20, fault -> {});
    opened.add(client);
    Destination to = new Destination("127.0.0.1", relay.address().getPort());
    Duplex program =
        client
            .connect(
                new ClientSettings(to, resume, Rig.PATIENCE, null, Map.of(), event -> {}),
                wait -> Rig.ascii("SSH-2.0-T\r\n"))
            .duplex();
    int number = gates.size() - 1;
    assertThat(say(program, "SSH-2.0-T\r")).isEqualTo(number + " SSH-2.0-T\r");
    return program;
  }

  /** What comes back for a line. */
  private static String say(Duplex program, String line) throws IOException {
    Rig.write(program, Rig.ascii(line + "\n"));
    StringBuilder answer = new StringBuilder();
    for (byte it = Rig.read(program, 1)[0]; it != '\n'; it = Rig.read(program, 1)[0]) {
      answer.append((char) it);
    }
    return answer.toString();
  }
}
