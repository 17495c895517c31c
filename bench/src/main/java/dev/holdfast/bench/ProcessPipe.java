package dev.holdfast.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * A pipe to the standard input and output of a process, as ssh has to its {@code ProxyCommand}.
 *
 * <p>The two are FIFOs, since the streams that the JDK gives copy every byte once more. The process
 * counts as part of the client: its CPU and memory are those of a descendant.
 */
final class ProcessPipe implements Pipe {
  private static final Duration END_MAX = Duration.ofSeconds(5);

  private final Process process;
  private final FileChannel out;
  private final FileChannel in;

  private ProcessPipe(Process process, FileChannel out, FileChannel in) {
    this.process = process;
    this.out = out;
    this.in = in;
  }

  /** Returns a dialer that starts {@code holdfast connect} for each connection. */
  static Dialer connect(String launcher) {
    return to -> start(command(launcher, to));
  }

  private static List<String> command(String launcher, InetSocketAddress to) {
    String host = to.getAddress().getHostAddress();
    return List.of(
        launcher, "connect", "--quiet", "--resume=v2", host, Integer.toString(to.getPort()));
  }

  /** Starts a command. */
  static ProcessPipe start(List<String> command) throws IOException {
    Scratch scratch = Scratch.make();
    java.nio.file.Path input = scratch.directory().resolve("in");
    java.nio.file.Path output = scratch.directory().resolve("out");
    try {
      makeFifos(input, output);
      return start(command, input, output);
    } finally {
      scratch.delete();
    }
  }

  /** Opening a FIFO for both directions does not wait for the other end; only then for one. */
  private static ProcessPipe start(
      List<String> command, java.nio.file.Path input, java.nio.file.Path output)
      throws IOException {
    try (FileChannel _ = both(input);
        FileChannel _ = both(output)) {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(input.toFile())
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new ProcessPipe(
          process,
          FileChannel.open(input, StandardOpenOption.WRITE),
          FileChannel.open(output, StandardOpenOption.READ));
    }
  }

  private static FileChannel both(java.nio.file.Path fifo) throws IOException {
    return FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void makeFifos(java.nio.file.Path... fifos) throws IOException {
    for (java.nio.file.Path fifo : fifos) {
      Process process = new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start();
      if (awaitEnd(process) != 0) {
        throw new IOException("mkfifo failed");
      }
    }
  }

  @Override
  public ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return in.read(into);
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      out.write(from);
    }
  }

  /** Closes the process' input, as ssh does; ends it if it does not end by itself. */
  @Override
  public void close() throws IOException {
    out.close();
    in.close();
    try {
      if (!process.waitFor(END_MAX)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while a process ended");
    }
  }

  private static int awaitEnd(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while a process ended");
    }
  }
}
