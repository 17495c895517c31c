package dev.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a client does with a server, timed; every client is a process of its own. */
final class SshLoad {
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);
  private static final int ANSWER_SECONDS_MAX = 300;
  private static final int READY = 'R';

  private SshLoad() {}

  /** Returns how long bytes took from the server: from when the command began to the very end. */
  static Duration down(SshReach server, String cipher, long bytes) throws IOException {
    String command = "date +%s%N >&2; exec head -c " + bytes + " /dev/zero";
    Process client =
        new ProcessBuilder(words(server.client("-T", "-c", cipher), command))
            .redirectInput(Redirect.from(java.nio.file.Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.DISCARD)
            .start();
    return sinceBegun(client, client.getErrorStream());
  }

  /** Returns how long so many bytes of lines took that a program writes to its terminal. */
  static Duration flood(SshReach server, long bytes) throws IOException {
    String command = "stty raw -echo; printf R; seq 1 999999999 | head -c " + bytes;
    Process client =
        new ProcessBuilder(words(server.client("-tt"), command))
            .redirectError(Redirect.DISCARD)
            .start();
    try (InputStream from = client.getInputStream()) {
      if (from.read() != READY) {
        throw new IOException(server.label() + " starts no session");
      }
      long start = System.nanoTime();
      byte[] buffer = new byte[1 << 16];
      long read = 0;
      for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
        read += count;
      }
      if (read < bytes) {
        throw new IOException("%d of %d bytes came".formatted(read, bytes));
      }
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      client.destroy();
      return taken;
    }
  }

  /** The same of bytes to the server. */
  static Duration up(SshReach server, String cipher, long bytes) throws IOException {
    Scratch scratch = Scratch.make();
    try {
      java.nio.file.Path zeros = scratch.directory().resolve("zeros");
      try (var file = new RandomAccessFile(zeros.toFile(), "rw")) {
        file.setLength(bytes);
      }
      Process client =
          new ProcessBuilder(
                  words(server.client("-T", "-c", cipher), "date +%s%N; exec cat > /dev/null"))
              .redirectInput(zeros.toFile())
              .redirectError(Redirect.DISCARD)
              .start();
      return sinceBegun(client, client.getInputStream());
    } finally {
      scratch.delete();
    }
  }

  private static Duration sinceBegun(Process client, InputStream begun) throws IOException {
    String text = new String(begun.readAllBytes(), StandardCharsets.US_ASCII).strip();
    await(client);
    Instant end = Instant.now();
    if (!text.matches("\\d{19}")) {
      throw new IOException("the shell there said more than the time: " + text);
    }
    BigInteger[] start = new BigInteger(text).divideAndRemainder(NANOS);
    return Duration.between(
        Instant.ofEpochSecond(start[0].longValueExact(), start[1].longValueExact()), end);
  }

  /** Returns how long {@code ssh host true} took. */
  static Duration setUp(SshReach server) throws IOException {
    long start = System.nanoTime();
    Process client =
        new ProcessBuilder(words(server.client("-T"), "true"))
            .redirectInput(Redirect.from(java.nio.file.Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    await(client);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Returns how long each of so many single bytes took there and back, in nanoseconds. */
  static long[] echo(SshReach server, boolean pty, int trips) throws IOException {
    try (var session = Echo.open(server, pty)) {
      long[] nanos = new long[trips];
      for (int i = 0; i < trips; i++) {
        long start = System.nanoTime();
        session.trip();
        nanos[i] = System.nanoTime() - start;
      }
      return nanos;
    }
  }

  /** A session that says back what it is told. */
  static final class Echo implements AutoCloseable {
    private final Process client;
    private final OutputStream to;
    private final InputStream from;

    private Echo(Process client) {
      this.client = client;
      to = client.getOutputStream();
      from = client.getInputStream();
    }

    /** Returns one through which bytes pass already. */
    static Echo open(SshReach server, boolean pty) throws IOException {
      String command = (pty ? "stty raw -echo; " : "") + "printf R; exec cat";
      List<String> words = words(server.client(pty ? "-tt" : "-T"), command);
      var echo = new Echo(new ProcessBuilder(words).redirectError(Redirect.DISCARD).start());
      if (echo.from.read() != READY) {
        echo.close();
        throw new IOException(server.label() + " starts no session");
      }
      return echo;
    }

    long pid() {
      return client.pid();
    }

    void trip() throws IOException {
      to.write('k');
      to.flush();
      if (from.read() != 'k') {
        throw new IOException("another byte came back than was sent");
      }
    }

    @Override
    public void close() {
      client.destroyForcibly();
    }
  }

  private static void await(Process client) throws IOException {
    try {
      if (!client.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
        client.destroyForcibly();
        throw new IOException("ssh does not end");
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
    if (client.exitValue() != 0) {
      throw new IOException("ssh ended with status " + client.exitValue());
    }
  }

  private static List<String> words(List<String> client, String command) {
    var words = new ArrayList<>(client);
    words.add(SshReach.host());
    words.add(command);
    return words;
  }
}
