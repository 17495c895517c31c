package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Random bytes that go to a node and back, a MiB in each tenth of a second. */
record BulkEcho(Program program, Path from, Path to) implements AutoCloseable {
  /** By a command that lacks only what is to be run. */
  static BulkEcho start(Command ssh, int mebibytes) {
    Path directory = Scratch.directory("bulk");
    Path from = Sample.write(directory.resolve("sent"), (long) mebibytes << 20, mebibytes);
    Path to = directory.resolve("back");
    String slowly =
        "i=0; while [ $i -lt %d ]; do head -c 1048576; sleep 0.1; i=$((i+1)); done"
            .formatted(mebibytes);
    return new BulkEcho(ssh.plus(slowly).reading(from).writing(to).start(), from, to);
  }

  /** Waits until some of it has come back. */
  void awaitBegun() {
    Await.until(() -> "bytes from " + program, Effort.DEADLINE, () -> Files.size(to) > 0);
  }

  /** Fails if it has ended in another way than a good one. */
  void isUnbroken() {
    program.assertUnbroken();
  }

  /** Waits for the last byte. */
  void finish() {
    program.await(Effort.DEADLINE).ok();
    try {
      assertThat(Files.mismatch(from, to)).isEqualTo(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
