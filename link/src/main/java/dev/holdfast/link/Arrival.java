package dev.holdfast.link;

import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client of a gate of which nothing is known yet. It costs a socket, this object and the few
 * bytes it sent, until the gate's deadline; then it becomes a splice, a stream's link, or nothing.
 * Confined to its loop.
 */
final class Arrival implements Loop.Ready {
  /** Bytes looked at before the decision; the rest waits in the kernel. */
  static final int MOST = 2048;

  /** Time that a client which has identified itself may take to say whether it resumes. */
  private static final long DECISION = 3_000_000_000L;

  private static final byte[] LINE =
      (new String(Detector.ANNOUNCEMENT, StandardCharsets.US_ASCII) + "\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final Gate gate;
  private final Loop loop;
  private final SocketChannel channel;
  private final long deadline;
  private final boolean speaksFirst;
  private byte[] input = new byte[0];
  private long lastByteAt = Loop.now();
  private boolean announced;

  /** Said in the name of the server in this process, which has not said it yet. */
  private byte[] greeting = new byte[0];

  private boolean headerSeen;
  private @Nullable SelectionKey key;
  private Loop.@Nullable Timer timer;
  private boolean gone;

  /**
   * One.
   *
   * @param speaksFirst whether it is known not to wait for the server: then no silence, which may
   *     be a network's or a busy machine's, says so
   */
  Arrival(Gate gate, Loop loop, SocketChannel channel, boolean speaksFirst) {
    this.speaksFirst = speaksFirst;
    this.gate = gate;
    this.loop = loop;
    this.channel = channel;
    this.deadline = Loop.now() + gate.settings().arrivalDeadline().toNanos();
  }

  /** Begins to listen to the client. */
  void start() throws IOException {
    channel.configureBlocking(false);
    key = loop.register(channel, SelectionKey.OP_READ, this);
    read();
  }

  @Override
  public void ready(SelectionKey ready) throws IOException {
    read();
  }

  private void read() throws IOException {
    ByteBuffer scratch = loop.scratch().limit(MOST - input.length);
    int bytes = channel.read(scratch);
    if (bytes < 0 || (bytes == 0 && input.length == MOST)) {
      drop();
      return;
    }
    if (bytes > 0) {
      byte[] longer = Arrays.copyOf(input, input.length + bytes);
      scratch.flip().get(longer, input.length, bytes);
      input = longer;
      lastByteAt = Loop.now();
    }
    look();
  }

  private void look() {
    try {
      if (announced) {
        afterAnnouncement();
      } else {
        detect();
      }
    } catch (ProtocolException e) {
      gate.refused(address(), String.valueOf(e.getMessage()));
      drop();
    } catch (IOException e) {
      drop();
    }
  }

  private void detect() throws ProtocolException, IOException {
    if (isForEntrance()) {
      return;
    }
    if ((speaksFirst || greeting.length > 0) && input.length == 0) {
      lookAgain(deadline);
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(input);
    Detector.Kind kind = Detector.judge(bytes, Loop.now() - lastByteAt);
    if (greeting.length > 0 && kind != Detector.Kind.V2 && kind != Detector.Kind.UNKNOWN) {
      join(bytes);
      return;
    }
    switch (kind) {
      case PROBE -> announce();
      case V2 -> hello(bytes, new byte[0], new byte[0]);
      case V1, V1_WAITING -> speakV1();
      case PLAIN -> joinOrGreet(bytes);
      case UNKNOWN -> lookAgain(Detector.nextLook(bytes, lastByteAt));
    }
  }

  /** Whether the gate's entrance takes it, or may yet. */
  private boolean isForEntrance() throws IOException {
    Entrance entrance =
        gate.settings().target() instanceof Behind.InProcess here ? here.entrance() : null;
    if (entrance == null) {
      return false;
    }
    if (awaitsHeader(entrance)) {
      lookAgain(deadline);
      return true;
    }
    byte[] preface = entrance.preface();
    int common = Math.min(input.length, preface.length);
    if (input.length <= Entrance.COMMON || !Arrays.equals(input, 0, common, preface, 0, common)) {
      return false;
    }
    if (common < preface.length) {
      lookAgain(deadline);
    } else {
      byte[] received = input;
      gate.callers().enter(loop, hand(), received, entrance.keeper());
    }
    return true;
  }

  /** Takes a balancer's header off; tells whether more of it is to come. */
  private boolean awaitsHeader(Entrance entrance) throws IOException {
    if (headerSeen
        || !(channel.getRemoteAddress() instanceof InetSocketAddress peer)
        || !entrance.balancers().test(peer.getAddress())) {
      return false;
    }
    ProxyHeader header = ProxyProtocol.parse(ByteBuffer.wrap(input));
    headerSeen = !(header instanceof ProxyHeader.Incomplete);
    switch (header) {
      case ProxyHeader.Incomplete _, ProxyHeader.Absent _ -> {}
      case ProxyHeader.Local(int length) -> takeOff(length);
      case ProxyHeader.Relayed(InetSocketAddress source, var _, int length) -> {
        Addresses.tell(channel, source);
        takeOff(length);
      }
    }
    return !headerSeen;
  }

  private void takeOff(int length) {
    input = Arrays.copyOfRange(input, length, input.length);
    lastByteAt = Loop.now();
  }

  /** One timer at a time: it may fire early and look again, so it is rarely replaced. */
  private void lookAgain(long at) {
    if (Loop.now() >= deadline) {
      drop();
      return;
    }
    long due = Math.min(at, deadline);
    if (timer != null && timer.at() > due) {
      timer.cancel();
      timer = null;
    }
    if (timer == null) {
      timer = loop.at(due, this::timePassed);
    }
  }

  /** Bytes may be there that a busy loop has not read yet: only what the kernel says is silence. */
  private void timePassed() {
    timer = null;
    try {
      if (!gone) {
        read();
      }
    } catch (IOException e) {
      drop();
    }
  }

  private void announce() throws IOException {
    announced = true;
    channel.write(ByteBuffer.wrap(LINE));
    lookAgain(deadline);
  }

  /**
   * The client has asked for resumption. If it waited for the announcement its hello comes now; if
   * not, behind its identification line comes a hello or, should it only have looked like asking,
   * what plain clients send.
   */
  private void afterAnnouncement() throws ProtocolException, IOException {
    ByteBuffer next =
        ByteBuffer.wrap(input, Detector.PROBE.length, input.length - Detector.PROBE.length);
    if (next.hasRemaining() && Detector.judge(next, 0) == Detector.Kind.V2) {
      hello(next, Detector.ANNOUNCEMENT, new byte[0]);
      return;
    }
    int end = identificationEnd();
    if (end < 0 && input.length > MOST / 2) {
      join(ByteBuffer.wrap(input));
    } else if (end < 0) {
      lookAgain(deadline);
    } else {
      byte[] line = Arrays.copyOf(input, end);
      byte[] rest = Arrays.copyOfRange(input, end, input.length);
      switch (gate.settings().target()) {
        case Destination to -> {
          stopWaiting();
          new Upgrade(gate, to, loop, hand(), line, rest).start();
        }
        case Behind.InProcess here -> decideHere(line, rest);
      }
    }
  }

  /**
   * A server in this process has not seen the line yet: it waits with it for the client's decision,
   * for a moment.
   */
  private void decideHere(byte[] line, byte[] rest) throws ProtocolException, IOException {
    ByteBuffer next = ByteBuffer.wrap(rest);
    boolean mayBeHello = rest.length == 0 || Detector.judge(next, 0) != Detector.Kind.PLAIN;
    if (mayBeHello && Detector.judge(next, 0) == Detector.Kind.V2) {
      hello(next, Detector.ANNOUNCEMENT, line);
    } else if (mayBeHello && Loop.now() < lastByteAt + DECISION) {
      lookAgain(lastByteAt + DECISION);
    } else {
      join(ByteBuffer.wrap(input));
    }
  }

  private int identificationEnd() {
    for (int i = 0; i < input.length; i++) {
      if (input[i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private void hello(ByteBuffer bytes, byte[] announcement, byte[] said)
      throws ProtocolException, IOException {
    switch (HelloV2.read(bytes)) {
      case null -> lookAgain(deadline);
      case HelloV2.Open open ->
          gate.beginning().open(loop, hand(), open, announcement, bytes, said);
      case HelloV2.Resume resume -> gate.returning().resume(loop, hand(), resume, bytes);
    }
  }

  private void speakV1() throws IOException {
    if (gate.settings().v1()) {
      stopWaiting();
      ArrivalV1 waiting = new ArrivalV1(gate, loop, this, gate.keyV1(), input);
      input = new byte[0];
      waiting.start();
    } else {
      join(ByteBuffer.wrap(input));
    }
  }

  /**
   * A client that waits for the server hears its first line, and is listened to as before: what was
   * taken for its silence may have been the network's, or a busy machine's.
   */
  private void joinOrGreet(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()
        && gate.settings().target() instanceof Behind.InProcess here
        && !here.greeting().isEmpty()) {
      greeting = here.greeting().getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(greeting));
      lookAgain(deadline);
    } else {
      join(bytes);
    }
  }

  /** What goes on in other words still has to come to its end in time. */
  void awaitDeadline() {
    timer = loop.at(deadline, this::drop);
  }

  private void join(ByteBuffer bytes) {
    gate.joins().join(loop, hand(), bytes, ByteBuffer.wrap(greeting));
  }

  /** The channel goes into other hands. */
  SocketChannel hand() {
    stopWaiting();
    gone = true;
    input = new byte[0];
    if (key != null && key.isValid()) {
      key.interestOps(0);
    }
    gate.decided(this);
    return channel;
  }

  private void stopWaiting() {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Ends it without a word. */
  void drop() {
    if (!gone) {
      hand();
      Loop.closeQuietly(channel);
    }
  }

  Loop loop() {
    return loop;
  }

  SocketChannel channel() {
    return channel;
  }

  private SocketAddress address() {
    return Addresses.remote(channel);
  }

  /** Says to a client that its stream can't be had, and ends the connection. */
  static void refuse(SocketChannel channel, AnswerV2.Why why, String text) {
    try {
      channel.write(ByteBuffer.wrap(AnswerV2.refused(why, text)));
      channel.shutdownOutput();
    } catch (IOException ignored) {
      // It went before it could be told.
    }
    Loop.closeQuietly(channel);
  }
}
