package dev.holdfast.link;

import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.ServerResumptionV2;
import dev.holdfast.stream.TokenV1;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a gate says to the process that replaces it, and the other way about. The first byte tells
 * which; descriptors travel beside. Only processes of one user and one version of this format talk
 * to each other. What a newer version has to say besides it puts behind the members of a message,
 * or into a message of a kind from {@link #FIRST_OTHER} on: both are passed over.
 *
 * <pre>
 *   old                                                   new
 *    ◄─────────────────────────────────── TakeOver ────────
 *    ─ Gate, Listener…, { Stream, Bytes… }…, Splice…, All ─►     the old one's loops stand still
 *    ◄─────────────────────────────────── HaveAll ─────────
 *    ─ Yours ─────────────────────────────────────────────►     from here on the old one touches nothing
 * </pre>
 *
 * <p>A service whose streams end in its own memory can't move them: it sends the listeners only,
 * keeps the streams, and stays connected. If the new process goes without LetGo, the old one
 * listens again.
 */
sealed interface HandoverMessage {
  /** Version of the format; a process of another one is refused. */
  int FORMAT = 1;

  /** Most bytes of one {@link Bytes} message. */
  int MOST_BYTES = 512 * 1024;

  /** The new process asks. */
  record TakeOver(int format) implements HandoverMessage {}

  /** The gate as such: the name that clients of resume v1 know it by. */
  record GateState(String hostId) implements HandoverMessage {}

  /** A listening socket; its descriptor comes along. */
  record Listener() implements HandoverMessage {}

  /**
   * A stream; the descriptor of its connection to the server comes along.
   *
   * @param ageNanos since it was opened
   * @param awayNanos since it lost its link
   * @param readEnded whether the server has finished
   * @param outputShut whether the server was told that the client has finished
   */
  record Stream(
      ServerSide known,
      String name,
      SocketAddress client,
      long ageNanos,
      long awayNanos,
      boolean readEnded,
      boolean outputShut,
      Endpoint.Kept endpoint)
      implements HandoverMessage {}

  /** Bytes kept by the last stream: for the client, or for the server. */
  record Bytes(boolean forClient, ByteBuffer bytes) implements HandoverMessage {}

  /** Two connections joined; the descriptors of the client's and the server's come along. */
  record Splice(SocketAddress client, long ageNanos, SpliceSide toClient, SpliceSide toServer)
      implements HandoverMessage {}

  /** That was all. */
  record All() implements HandoverMessage {}

  /** The new process has everything. */
  record HaveAll() implements HandoverMessage {}

  /** The new process may begin. */
  record Yours() implements HandoverMessage {}

  /** It may not: the old process goes on. */
  record NotYours() implements HandoverMessage {}

  /**
   * The new process ends in order, hands over itself or listens elsewhere: the old one, whose
   * streams could not move, must not take the listeners back.
   */
  record LetGo() implements HandoverMessage {}

  /** The first of the kinds that a newer version may add, and that others pass over. */
  int FIRST_OTHER = 128;

  /** Something of a newer version that nothing depends on; its descriptors are closed. */
  record Other() implements HandoverMessage {}

  /** The bytes of a message. */
  default ByteBuffer encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private void write(DataOutputStream out) throws IOException {
    switch (this) {
      case TakeOver it -> {
        out.writeByte(1);
        out.writeInt(it.format);
      }
      case GateState it -> {
        out.writeByte(2);
        out.writeUTF(it.hostId);
      }
      case Listener it -> out.writeByte(3);
      case Stream it -> {
        out.writeByte(4);
        writeStream(out, it);
      }
      case Bytes it -> {
        out.writeByte(5);
        out.writeBoolean(it.forClient);
        writeBytes(out, it.bytes);
      }
      case Splice it -> {
        out.writeByte(6);
        writeAddress(out, it.client);
        out.writeLong(it.ageNanos);
        writeSide(out, it.toClient);
        writeSide(out, it.toServer);
      }
      case All it -> out.writeByte(7);
      case HaveAll it -> out.writeByte(8);
      case Yours it -> out.writeByte(9);
      case NotYours it -> out.writeByte(10);
      case LetGo it -> out.writeByte(11);
      case Other it -> out.writeByte(FIRST_OTHER);
    }
  }

  /**
   * Reads a message.
   *
   * @throws IOException it is none
   */
  static HandoverMessage read(ByteBuffer body) throws IOException {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int kind = in.readUnsignedByte();
    return switch (kind) {
      case 1 -> new TakeOver(in.readInt());
      case 2 -> new GateState(in.readUTF());
      case 3 -> new Listener();
      case 4 -> readStream(in);
      case 5 -> new Bytes(in.readBoolean(), ByteBuffer.wrap(readBytes(in)));
      case 6 -> new Splice(readAddress(in), in.readLong(), readSide(in), readSide(in));
      case 7 -> new All();
      case 8 -> new HaveAll();
      case 9 -> new Yours();
      case 10 -> new NotYours();
      case 11 -> new LetGo();
      default -> {
        if (kind < FIRST_OTHER) {
          throw new IOException("a hand-over message of unknown kind " + kind);
        }
        yield new Other();
      }
    };
  }

  private static void writeStream(DataOutputStream out, Stream it) throws IOException {
    writeKnown(out, it.known);
    out.writeUTF(it.name);
    writeAddress(out, it.client);
    out.writeLong(it.ageNanos);
    out.writeLong(it.awayNanos);
    out.writeBoolean(it.readEnded);
    out.writeBoolean(it.outputShut);
    Endpoint.Kept kept = it.endpoint;
    out.writeLong(kept.acked());
    out.writeLong(kept.ackedEnd());
    out.writeLong(kept.sent());
    out.writeBoolean(kept.finished());
    out.writeLong(kept.consumed());
    out.writeLong(kept.peerEnd());
    out.writeLong(kept.peerLimit());
    out.writeInt(kept.window());
  }

  private static Stream readStream(DataInputStream in) throws IOException {
    return new Stream(
        readKnown(in),
        in.readUTF(),
        readAddress(in),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readBoolean(),
        new Endpoint.Kept(
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readBoolean(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readInt()));
  }

  private static void writeKnown(DataOutputStream out, ServerSide known) throws IOException {
    switch (known) {
      case ServerSide.V1(TokenV1 token) -> {
        out.writeByte(1);
        out.write(token.bytes());
      }
      case ServerSide.V2(ServerResumptionV2 resumption) -> {
        ServerResumptionV2.Kept kept = resumption.keep();
        out.writeByte(2);
        out.writeLong(kept.counter());
        out.writeInt(kept.roots().size());
        for (byte[] root : kept.roots()) {
          writeBytes(out, ByteBuffer.wrap(root));
        }
      }
    }
  }

  private static ServerSide readKnown(DataInputStream in) throws IOException {
    if (in.readByte() == 1) {
      return new ServerSide.V1(new TokenV1(readExactly(in, TokenV1.BYTES)));
    }
    long counter = in.readLong();
    int count = in.readInt();
    List<byte[]> roots = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      roots.add(readBytes(in));
    }
    return new ServerSide.V2(
        ServerResumptionV2.restored(new ServerResumptionV2.Kept(counter, roots)));
  }

  private static void writeSide(DataOutputStream out, SpliceSide side) throws IOException {
    out.writeLong(side.written());
    out.writeBoolean(side.readEnded());
    out.writeBoolean(side.shut());
    writeBytes(out, side.waiting().duplicate());
  }

  private static SpliceSide readSide(DataInputStream in) throws IOException {
    return new SpliceSide(
        in.readLong(), in.readBoolean(), in.readBoolean(), ByteBuffer.wrap(readBytes(in)));
  }

  private static void writeAddress(DataOutputStream out, SocketAddress address) throws IOException {
    InetSocketAddress inet =
        address instanceof InetSocketAddress it ? it : new InetSocketAddress(0);
    writeBytes(out, ByteBuffer.wrap(inet.getAddress().getAddress()));
    out.writeInt(inet.getPort());
  }

  private static SocketAddress readAddress(DataInputStream in) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(readBytes(in)), in.readInt());
  }

  private static void writeBytes(DataOutputStream out, ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    out.writeInt(copy.length);
    out.write(copy);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException("a hand-over message that ends early");
    }
    return readExactly(in, length);
  }

  private static byte[] readExactly(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
