package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.ClientOpeningV1;
import dev.holdfast.stream.ClientResumptionV2;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.LinkV1;
import dev.holdfast.stream.Window;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections that survive their links, where the server can do its part. One for a process:
 * its streams share a loop, the memory and the watch over the network. Thread-safe.
 */
public final class StreamClient implements Closeable {
  /**
   * The comment of an identification (RFC 4253 4.2) by which a program asks for resumption that
   * chooses its own (PROTOCOL.resume-v2, section 2.1).
   */
  public static final String COMMENT = "resume-v2";

  /** Connections that survive their links, of one client. */
  static final int MOST_STREAMS = 1024;

  private final Loop loop;
  private final Chunks chunks;
  private final int most;
  private final NetworkWatch watch = NetworkWatch.start();
  private final SecureRandom random = new SecureRandom();
  private final Set<ResumableStream> streams = ConcurrentHashMap.newKeySet();

  private StreamClient(Loop loop, Chunks chunks, int most) {
    this.loop = loop;
    this.chunks = chunks;
    this.most = most;
  }

  /** A client whose streams may hold {@code memory} bytes together. */
  public static StreamClient start(long memory, Loop.Faults faults) throws IOException {
    return start(memory, faults, MOST_STREAMS);
  }

  /** The same with room for fewer streams. */
  static StreamClient start(long memory, Loop.Faults faults, int most) throws IOException {
    // The first key agreement of a process loads much code: better while the connection is being
    // made than after.
    Thread.ofVirtual().start(ComebackV2::keyShare);
    return new StreamClient(Loop.start("streams", faults), new Chunks(memory), most);
  }

  /** A connection, what it is, and a way to wait for its good end. */
  public record Connection(Duplex duplex, int version, Ending ending) {}

  /** Waits for the end of a connection after it was closed. */
  public interface Ending {
    /** Whether everything is delivered and the peer knows, within {@code nanos}. */
    boolean await(long nanos) throws InterruptedException;
  }

  /**
   * Connects. Blocks, meant for a virtual thread or a program's main one.
   *
   * @param firstLine what the program will write first, if that is known; it writes it all the same
   */
  public Connection connect(ClientSettings settings, FirstLine firstLine) throws IOException {
    Dialer dialer = Dialer.ofSystem(settings.environment(), settings.way());
    SocketChannel channel = dial(dialer, settings);
    try {
      return switch (settings.resume()) {
        case OFF -> plain(settings, channel, 0, new byte[0], firstLine);
        case V2 -> v2(settings, null, dialer, channel, new byte[0], new byte[0], new byte[0]);
        case V1 -> v1(settings, dialer, channel, 0, new byte[0]);
        case AUTO -> probe(settings, dialer, channel, firstLine);
      };
    } catch (IOException | RuntimeException e) {
      Loop.closeQuietly(channel);
      throw e;
    }
  }

  /**
   * Connects to a node through proxies that lead to it: a stream of version 2 whose other end is
   * the node. Blocks as the other does.
   *
   * @param settings of which {@code to} is the node's name, which nobody looks up
   */
  public Connection connect(ClientSettings settings, Passage passage) throws IOException {
    Dialer dialer = Dialer.ofSystem(settings.environment(), settings.way());
    SocketChannel channel = enter(dialer, settings, passage);
    try {
      return v2(settings, passage, dialer, channel, new byte[0], new byte[0], new byte[0]);
    } catch (IOException | RuntimeException e) {
      Loop.closeQuietly(channel);
      throw e;
    }
  }

  /** The first proxy that lets us in; what the last one says if none does. */
  private static SocketChannel enter(Dialer dialer, ClientSettings settings, Passage passage)
      throws IOException {
    IOException failure = new IOException("there is no proxy");
    for (Destination proxy : passage.proxies()) {
      try (Dial dial = dialer.dial(proxy, settings.connectTimeout())) {
        SocketChannel channel = dial.connect();
        try {
          passage.enter(channel, settings.connectTimeout());
          return channel;
        } catch (IOException | RuntimeException e) {
          Loop.closeQuietly(channel);
          throw e;
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** What a program will write first. */
  public interface FirstLine {
    /**
     * The line with its end, waiting for it for at most {@code wait}; null if it is not there yet.
     */
    byte @Nullable [] await(Duration wait) throws IOException;
  }

  private static SocketChannel dial(Dialer dialer, ClientSettings settings) throws IOException {
    if (settings.pace().isPositive()) {
      return DialRace.connect(dialer, settings.to(), settings.connectTimeout(), settings.pace());
    }
    try (Dial dial = dialer.dial(settings.to(), settings.connectTimeout())) {
      return dial.connect();
    }
  }

  private Connection probe(
      ClientSettings settings, Dialer dialer, SocketChannel channel, FirstLine firstLine)
      throws IOException {
    FirstContact contact = new FirstContact(channel, firstLine::await, settings.connectTimeout());
    return switch (contact.find()) {
      case FirstContact.Found.Plain plain ->
          plain(settings, channel, plain.said(), plain.heard(), firstLine);
      case FirstContact.Found.V1 v1 -> {
        if (v1.said() <= Detector.PROBE.length) {
          yield v1(settings, dialer, channel, v1.said(), v1.heard());
        }
        Loop.closeQuietly(channel);
        yield v1(settings, dialer, dial(dialer, settings), 0, new byte[0]);
      }
      case FirstContact.Found.V2 v2 -> {
        boolean inBand = v2.said() > Detector.PROBE.length;
        byte[] said = inBand ? saidOf(firstLine, v2.said()) : new byte[0];
        yield v2(settings, null, dialer, channel, Detector.ANNOUNCEMENT, said, v2.heard());
      }
    };
  }

  private static byte[] saidOf(FirstLine firstLine, int said) throws IOException {
    byte[] line = firstLine.await(Duration.ZERO);
    return line == null ? new byte[0] : Arrays.copyOf(line, said);
  }

  private Connection plain(
      ClientSettings settings, SocketChannel channel, int said, byte[] heard, FirstLine firstLine)
      throws IOException {
    settings.events().accept(new ClientEvent.Connected(0));
    byte[] sent = saidOf(firstLine, said);
    Duplex plain = new PlainDuplex(channel, ByteBuffer.wrap(heard));
    return new Connection(
        new SpokenDuplex(plain, ByteBuffer.wrap(sent), ByteBuffer.allocate(0)), 0, nanos -> true);
  }

  /**
   * Opens a stream of version 2.
   *
   * @param said bytes of the program's that went to the server outside the stream
   * @param heard bytes already received: lines for the program, then the answer
   * @param passage the way through proxies; null if the server is dialled itself
   */
  private Connection v2(
      ClientSettings settings,
      @Nullable Passage passage,
      Dialer dialer,
      SocketChannel channel,
      byte[] announcement,
      byte[] said,
      byte[] heard)
      throws IOException {
    Endpoint endpoint = new Endpoint(chunks, new Window());
    List<Destination> ways = passage == null ? List.of(settings.to()) : passage.proxies();
    Reconnector keeper =
        new Reconnector(settings.to(), ways, dialer, settings.limit(), settings.events());
    ResumableStream stream = stream(endpoint, keeper);
    StreamDuplex duplex = new StreamDuplex(stream);
    stream.local(duplex);
    Comeback straight = new ComebackV2(stream, new ClientResumptionV2(announcement));
    Comeback comeback = passage == null ? straight : new ComebackThrough(passage, straight);
    FirstOpening opening = new FirstOpening(said.length > 0, keeper);
    loop.execute(() -> {
      stream.lock.lock();
      try {
        keeper.keep(stream, comeback, watch);
        Comeback.Attempt first = comeback.begin(opening, 1, Loop.now());
        opening.answerFor(first.opening());
        stream.carry(channel, first.first(), opening, ByteBuffer.wrap(heard));
      } finally {
        stream.lock.unlock();
      }
    });
    try {
      opening.awaitVerdict(settings.connectTimeout(), duplex);
    } catch (IOException e) {
      stream.locked(() -> stream.abandon(new End(End.Reason.CLOSED, "It was never opened.")));
      throw e;
    }
    settings.events().accept(new ClientEvent.Connected(2));
    return new Connection(
        new SpokenDuplex(duplex, ByteBuffer.wrap(said), ByteBuffer.wrap(opening.lines())),
        2,
        duplex::awaitEnd);
  }

  /**
   * Opens a stream of version 1.
   *
   * @param said bytes of the client's first ones that were sent already
   * @param heard bytes already received, from the server's line on
   */
  private Connection v1(
      ClientSettings settings, Dialer dialer, SocketChannel channel, int said, byte[] heard)
      throws IOException {
    ClientOpeningV1 opening = ClientOpeningV1.fresh(KeyExchangeV1.fresh(random));
    byte[] first = opening.firstFlight();
    channel.write(ByteBuffer.wrap(first, said, first.length - said));
    FirstOpeningV1 opened =
        FirstOpeningV1.await(channel, opening, heard, settings.connectTimeout());
    Endpoint endpoint = new Endpoint(chunks, new Window());
    Reconnector keeper =
        new Reconnector(
            settings.to(), List.of(settings.to()), dialer, settings.limit(), settings.events());
    ResumableStream stream = stream(endpoint, keeper);
    StreamDuplex duplex = new StreamDuplex(stream);
    stream.local(duplex);
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, opened.reply(), Loop.now());
    loop.execute(() -> {
      stream.lock.lock();
      try {
        keeper.keep(stream, new ComebackV1(stream, opened.session()), watch);
        keeper.accepted(ComebackV1.PATIENCE);
        stream.carry(channel, ByteBuffer.allocate(0), new Opening.Done(link), opened.heard());
      } finally {
        stream.lock.unlock();
      }
    });
    settings.events().accept(new ClientEvent.Connected(1));
    return new Connection(duplex, 1, duplex::awaitEnd);
  }

  /** Together with its place among the others, of which there is one for each. */
  private synchronized ResumableStream stream(Endpoint endpoint, Reconnector keeper)
      throws IOException {
    streams.removeIf(ResumableStream::isOver);
    if (streams.size() >= most) {
      throw new IOException(
          "This process has %d connections that survive their links, and room for no more; end some, or start another process."
              .formatted(streams.size()));
    }
    ResumableStream stream = new ResumableStream(loop, chunks, endpoint, keeper);
    streams.add(stream);
    return stream;
  }

  /**
   * Has {@code task} run whenever this machine's addresses or routes have changed, or it woke,
   * until what is returned is closed. It must not block.
   */
  public Closeable onNetworkChange(Runnable task) {
    NetworkWatch.Listening listening = watch.listen(_ -> task.run());
    return listening::close;
  }

  /** Whether a connection from that address of this machine can still work. */
  public static boolean isLocal(InetAddress address) {
    return NetworkWatch.isLocal(address);
  }

  /** Has every stream try another link at once, and whoever listens to the network look around. */
  public void lookAround() {
    watch.tell(NetworkWatch.Change.ASKED);
  }

  /** Whether a connection to there can be made within {@code timeout}; it is closed at once. */
  public static boolean reaches(Destination to, Duration timeout, Map<String, String> environment) {
    try (Dial dial = Dialer.ofSystem(environment).dial(to, timeout)) {
      Loop.closeQuietly(dial.connect());
      return true;
    } catch (DialException e) {
      return false;
    }
  }

  /** Ends all streams that are left; programs that read or write wake up. */
  @Override
  public void close() {
    End end = new End(End.Reason.CLOSED, "The client was closed.");
    streams.forEach(stream -> stream.locked(() -> stream.abandon(end)));
    watch.close();
    loop.close();
  }
}
