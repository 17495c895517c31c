package dev.holdfast.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The standard input and output of a program that talks through us.
 *
 * @param err standard error as a file; null if there is nothing to close
 * @param isProcess whether these are the process's own
 */
record StandardStreams(
    ReadableByteChannel in,
    WritableByteChannel out,
    @Nullable FileOutputStream err,
    boolean isProcess) {

  /** Those of this process. */
  static StandardStreams ofProcess() {
    return new StandardStreams(
        new FileInputStream(FileDescriptor.in).getChannel(),
        new FileOutputStream(FileDescriptor.out).getChannel(),
        new FileOutputStream(FileDescriptor.err),
        true);
  }

  /**
   * Waits until nobody can read our output any more; false if that can't be seen. A program may
   * close our input and go on reading, so its end alone says little.
   */
  boolean awaitNobodyListens() {
    return isProcess && Terminal.awaitClosed(1);
  }

  /** Lets go of all three, so that nobody waits for us; the JDK puts /dev/null in their place. */
  void close() {
    close(out);
    close(in);
    if (err != null) {
      close(err);
    }
  }

  private static void close(java.io.Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // It is of no more use either way.
    }
  }
}
