package dev.holdfast.link;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a server speaks that was never met before, without disturbing one that speaks
 * plain SSH (PROTOCOL.resume-v2, section 2): says the first seven bytes of what every SSH client
 * says, gives the server a moment to announce itself, and then goes on as a plain client would.
 *
 * <p>Blocking; for one connection and one thread.
 */
final class FirstContact {
  /** How long the rest of the identification waits for the server to speak first. */
  static final Duration MOMENT = Duration.ofMillis(30);

  /** How long program and server are listened to in turn until one of them speaks. */
  private static final Duration TURN = Duration.ofMillis(20);

  /**
   * Longest line of a server's that is read (RFC 4253 4.2 has 255; servers are generous before it).
   */
  private static final int MOST_LINE = 8 * 1024;

  private final SocketChannel channel;
  private final Words words;
  private final Duration timeout;
  private byte[] heard = new byte[0];

  /** What the program has to say first. */
  interface Words {
    /** The first line, with its end, if the program says it within {@code wait}; else null. */
    byte @Nullable [] firstLine(Duration wait) throws IOException;
  }

  /** What was found. */
  sealed interface Found {
    /**
     * No resumption: go on plainly. {@code said} bytes of the program's first line were sent;
     * {@code heard} is still to be read.
     */
    record Plain(int said, byte[] heard) implements Found {}

    /**
     * Resume v2 was announced. {@code said} bytes of the first line were sent: either all of it,
     * and the server's lines pass before its answer, or they are void. {@code heard} came behind
     * the announcement.
     */
    record V2(int said, byte[] heard) implements Found {}

    /**
     * The line of resume v1, without its end, behind {@code said} bytes; {@code heard} came behind
     * it.
     */
    record V1(int said, byte[] heard) implements Found {}
  }

  FirstContact(SocketChannel channel, Words words, Duration timeout) {
    this.channel = channel;
    this.words = words;
    this.timeout = timeout;
  }

  /** Speaks with the server until it is clear what it is. */
  Found find() throws IOException {
    byte[] first = programOrServerSpeaks();
    if (first == null || !startsWith(first, "SSH-2.0-")) {
      return new Found.Plain(0, heard);
    }
    channel.write(ByteBuffer.wrap(Detector.PROBE));
    int said = Detector.PROBE.length;
    byte[] line = line(MOMENT);
    if (line == null) {
      channel.write(ByteBuffer.wrap(first, said, first.length - said));
      said = first.length;
      line = line(timeout);
    }
    return line == null ? new Found.Plain(said, heard) : judge(line, said, heard);
  }

  /**
   * The program's first line; null if the server speaks before the program does, or neither in
   * time.
   */
  private byte @Nullable [] programOrServerSpeaks() throws IOException {
    long until = System.nanoTime() + timeout.toNanos();
    do {
      byte[] first = words.firstLine(TURN);
      if (first != null) {
        return first;
      }
      line(TURN);
    } while (heard.length == 0 && System.nanoTime() < until);
    return null;
  }

  /** Tells from its first line, with its end, and all that was {@code heard} what the server is. */
  static Found judge(byte[] line, int said, byte[] heard) {
    byte[] bare = withoutEnd(line);
    if (Arrays.equals(bare, Detector.ANNOUNCEMENT)) {
      return new Found.V2(said, Arrays.copyOfRange(heard, line.length, heard.length));
    }
    if (startsWith(bare, "SSH-2.0-Teleport resume-v1 ")) {
      return new Found.V1(said, heard);
    }
    return new Found.Plain(said, heard);
  }

  /** The server's first line, with its end; null if it did not come in time or there is none. */
  private byte @Nullable [] line(Duration wait) throws IOException {
    long until = System.nanoTime() + wait.toNanos();
    InputStream in = channel.socket().getInputStream();
    try {
      while (heard.length < MOST_LINE) {
        byte[] line = firstLine(heard);
        if (line != null) {
          return line;
        }
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        channel.socket().setSoTimeout((int) Math.max(1, left));
        byte[] more = new byte[1024];
        int bytes = in.read(more);
        if (bytes < 0) {
          return null;
        }
        int had = heard.length;
        heard = Arrays.copyOf(heard, had + bytes);
        System.arraycopy(more, 0, heard, had, bytes);
      }
    } catch (SocketTimeoutException e) {
      return null;
    } finally {
      channel.socket().setSoTimeout(0);
    }
    return null;
  }

  /** The first line of {@code heard}, with its end; null if it has none yet. */
  static byte @Nullable [] firstLine(byte[] heard) {
    for (int i = 0; i < heard.length; i++) {
      if (heard[i] == '\n') {
        return Arrays.copyOf(heard, i + 1);
      }
    }
    return null;
  }

  private static byte[] withoutEnd(byte[] line) {
    int length = line.length - 1;
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    return Arrays.copyOf(line, length);
  }

  private static boolean startsWith(byte[] bytes, String prefix) {
    byte[] start = prefix.getBytes(StandardCharsets.US_ASCII);
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
