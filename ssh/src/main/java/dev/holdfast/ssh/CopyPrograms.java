package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Three programs by which one sees that bytes arrive, all of them, once and in order.
 *
 * <table>
 *   <caption>The commands</caption>
 *   <tr><td>{@code sink}<td>reads its input to the end and writes its SHA-256, in hex, and LF
 *   <tr><td>{@code source BYTES SEED}<td>writes that many bytes and, to stderr, their SHA-256 and LF
 *   <tr><td>{@code echo}<td>writes what it reads, at once
 * </table>
 */
public final class CopyPrograms implements Programs {
  private static final int BLOCK = 64 * 1024;

  @Override
  public @Nullable Program find(Login login, SessionRequest request) {
    if (!(request instanceof SessionRequest.Exec(String command))) {
      return null;
    }
    String[] words = command.split(" ", -1);
    return switch (words[0]) {
      case "sink" -> words.length == 1 ? CopyPrograms::sink : null;
      case "echo" -> words.length == 1 ? CopyPrograms::echo : null;
      case "source" -> source(words);
      default -> null;
    };
  }

  /** The bytes that {@code source} writes: they depend on both numbers and on nothing else. */
  public static InputStream bytes(long count, long seed) {
    return new RandomBytes(count, seed);
  }

  /**
   * Reads {@code from} to the end into {@code to}, flushing as it goes. Returns the SHA-256 in hex.
   */
  public static String copy(InputStream from, OutputStream to) throws IOException {
    MessageDigest digest = sha256();
    byte[] block = new byte[BLOCK];
    for (int count = from.read(block); count >= 0; count = from.read(block)) {
      digest.update(block, 0, count);
      to.write(block, 0, count);
      to.flush();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static int sink(Program.Call call) throws IOException {
    print(call.stdout(), copy(call.stdin(), OutputStream.nullOutputStream()));
    return 0;
  }

  private static int echo(Program.Call call) throws IOException {
    copy(call.stdin(), call.stdout());
    return 0;
  }

  private static @Nullable Program source(String[] words) {
    try {
      return words.length == 3 ? source(Long.parseLong(words[1]), Long.parseLong(words[2])) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Program source(long count, long seed) {
    return call -> {
      print(call.stderr(), copy(bytes(count, seed), call.stdout()));
      return 0;
    };
  }

  private static void print(OutputStream to, String digest) throws IOException {
    to.write((digest + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static final class RandomBytes extends InputStream {
    private final SplittableRandom random;
    private final byte[] block = new byte[BLOCK];
    private int at = BLOCK;
    private long left;

    RandomBytes(long count, long seed) {
      random = new SplittableRandom(seed);
      left = count;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      if (at == BLOCK) {
        random.nextBytes(block);
        at = 0;
      }
      int count = (int) Math.min(Math.min(length, BLOCK - at), left);
      System.arraycopy(block, at, target, offset, count);
      at += count;
      left -= count;
      return count;
    }
  }
}
