package dev.holdfast.link;

import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client that asked for resumption and was told of it, until it takes it up or proves to be a
 * plain one. Meanwhile both identification lines pass untouched, so that neither kind of client
 * loses time (PROTOCOL.resume-v2, section 2).
 *
 * <pre>
 *   client   SSH-2.0  ─►            -OpenSSH_9.2 CR LF ─► │ hello …      taken up
 *                                                         │ KEXINIT …    plain after all
 *   gate             ◄─ announcement CR LF  ◄─ the server's lines up to its identification, then the answer
 * </pre>
 *
 * <p>Confined to its loop.
 */
final class Upgrade {
  /** Bytes of the server's kept while the client decides; more wait in the kernel. */
  private static final int MOST_HELD = 16 * 1024;

  private final Gate gate;
  private final Destination to;
  private final Loop loop;
  private final SocketChannel client;
  private final byte[] identification;
  private final long deadline;
  private byte[] fromClient;
  private byte[] held = new byte[0];
  private boolean identified;
  private @Nullable SelectionKey clientKey;
  private @Nullable SelectionKey serverKey;
  private @Nullable SocketChannel server;
  private @Nullable GateStream stream;
  private boolean isPlain;
  private boolean over;

  Upgrade(
      Gate gate,
      Destination to,
      Loop loop,
      SocketChannel client,
      byte[] identification,
      byte[] rest) {
    this.to = to;
    this.gate = gate;
    this.loop = loop;
    this.client = client;
    this.identification = identification;
    this.fromClient = rest;
    this.deadline = Loop.now() + gate.settings().arrivalDeadline().toNanos();
  }

  /** Begins: dials the server and listens to the client. */
  void start() throws IOException {
    clientKey = loop.register(client, SelectionKey.OP_READ, key -> readClient());
    gate.dial(to, loop, client, this::connected, why -> close());
    loop.at(deadline, this::outOfTime);
    look();
  }

  private void readClient() {
    try {
      ByteBuffer scratch = loop.scratch().limit(Arrival.MOST);
      int bytes = client.read(scratch);
      if (bytes < 0) {
        plain();
        return;
      }
      int had = fromClient.length;
      fromClient = Arrays.copyOf(fromClient, had + bytes);
      scratch.flip().get(fromClient, had, bytes);
      look();
    } catch (IOException e) {
      close();
    }
  }

  private void look() {
    if (over || stream != null || fromClient.length == 0) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(fromClient);
    try {
      HelloV2 hello = HelloV2.read(bytes);
      if (hello instanceof HelloV2.Open open) {
        takenUp(open, bytes);
      } else if (hello != null) {
        close();
      }
    } catch (ProtocolException e) {
      plain();
    }
  }

  /**
   * No hello comes: what else the client has to say waits in the kernel until it can be passed on.
   */
  private void plain() {
    isPlain = true;
    if (clientKey != null) {
      clientKey.interestOps(0);
    }
    join();
  }

  private void takenUp(HelloV2.Open open, ByteBuffer early) {
    GateStream opened =
        gate.beginning().openUnconnected(loop, client, open, Detector.ANNOUNCEMENT, early);
    if (opened == null) {
      close();
      return;
    }
    stream = opened;
    joinStream();
  }

  private void connected(SocketChannel channel) {
    server = channel;
    if (over) {
      Loop.closeQuietly(channel);
      return;
    }
    try {
      channel.configureBlocking(false);
      channel.write(ByteBuffer.wrap(identification));
      serverKey = loop.register(channel, SelectionKey.OP_READ, key -> readServer());
      joinStream();
      join();
    } catch (IOException e) {
      close();
    }
  }

  /**
   * Passes the server's lines on, up to its identification; what comes behind waits for the
   * client's decision.
   */
  private void readServer() {
    SocketChannel from = server;
    if (from == null || over) {
      return;
    }
    try {
      ByteBuffer scratch = loop.scratch().limit(MOST_HELD);
      int bytes = from.read(scratch);
      if (bytes < 0) {
        close();
        return;
      }
      int had = held.length;
      held = Arrays.copyOf(held, had + bytes);
      scratch.flip().get(held, had, bytes);
      passLines();
      if ((identified || held.length >= MOST_HELD) && serverKey != null) {
        serverKey.interestOps(0);
      }
    } catch (IOException e) {
      close();
    }
  }

  private void passLines() throws IOException {
    int from = 0;
    for (int i = 0; i < held.length && !identified; i++) {
      if (held[i] == '\n') {
        identified =
            held.length - from >= 4
                && held[from] == 'S'
                && held[from + 1] == 'S'
                && held[from + 2] == 'H'
                && held[from + 3] == '-';
        client.write(ByteBuffer.wrap(held, from, i + 1 - from));
        from = i + 1;
      }
    }
    held = Arrays.copyOfRange(held, from, held.length);
  }

  /** Joins the stream that was opened and the server, once both are there. */
  private void joinStream() {
    GateStream opened = stream;
    SocketChannel connected = server;
    if (opened == null || connected == null || over) {
      return;
    }
    over = true;
    gate.beginning().connected(opened, connected, ByteBuffer.wrap(held));
  }

  private void join() {
    SocketChannel connected = server;
    if (!isPlain || connected == null || over) {
      return;
    }
    over = true;
    gate.joins()
        .splice(loop, client, connected, ByteBuffer.wrap(fromClient), ByteBuffer.wrap(held));
  }

  private void outOfTime() {
    if (!over && stream == null && fromClient.length == 0 && !identified) {
      close();
    } else if (!over && stream == null) {
      plain();
    }
  }

  private void close() {
    if (over) {
      return;
    }
    over = true;
    if (stream != null) {
      gate.beginning().unreachable(stream, "it closed the connection");
    } else {
      Loop.closeQuietly(client);
    }
    if (server != null) {
      Loop.closeQuietly(server);
    }
    if (clientKey != null && stream == null) {
      clientKey.cancel();
    }
  }
}
