package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a forwarded channel and a socket: two virtual threads copy, one each way, and end when both
 * ways have ended or either side has gone. The end of one way is passed on while the other goes on.
 */
final class Joint {
  /** Bytes that are read at once. */
  static final int COPY_BYTES = 32 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Joint.class);

  private final Duplex socket;
  private final Side channel;
  private boolean outDone;
  private boolean inDone;
  private boolean channelGone;

  /** The channel's side. */
  interface Side {
    /** What the peer sends; fails when the channel has gone. */
    InputStream input();

    /** What the peer gets; closing it says that no more comes. */
    OutputStream output();

    /** Ends the channel. */
    void finish();
  }

  private Joint(Duplex socket, Side channel) {
    this.socket = socket;
    this.channel = channel;
  }

  static Joint start(Duplex socket, Side channel) {
    Joint joint = new Joint(socket, channel);
    Thread.ofVirtual().name("forward-out").start(() -> joint.run(joint::toSocket));
    Thread.ofVirtual().name("forward-in").start(() -> joint.run(joint::toChannel));
    return joint;
  }

  /**
   * The channel has gone; what the peer had sent before still goes out to the socket.
   *
   * @param atOnce whether nothing goes anywhere any more
   */
  void channelGone(boolean atOnce) {
    boolean over;
    synchronized (this) {
      channelGone = true;
      over = atOnce || outDone;
    }
    if (over) {
      socket.close();
    }
  }

  /** One way of copying. */
  private interface Copy {
    void run() throws IOException;
  }

  private void run(Copy copy) {
    try {
      copy.run();
    } catch (IOException | RuntimeException e) {
      log.debug("a forward ends: {}", e.getMessage());
      end();
    }
  }

  private synchronized boolean isOver() {
    return outDone && (inDone || channelGone);
  }

  private void end() {
    socket.close();
    channel.finish();
  }

  private void toSocket() throws IOException {
    byte[] bytes = new byte[COPY_BYTES];
    InputStream in = channel.input();
    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
      socket.write(ByteBuffer.wrap(bytes, 0, count));
    }
    socket.shutdownOutput();
    synchronized (this) {
      outDone = true;
    }
    if (isOver()) {
      end();
    }
  }

  private void toChannel() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(COPY_BYTES);
    OutputStream out = channel.output();
    while (socket.read(bytes.clear()) >= 0) {
      out.write(bytes.array(), 0, bytes.position());
      out.flush();
    }
    out.close();
    synchronized (this) {
      inDone = true;
    }
    if (isOver()) {
      end();
    }
  }
}
