package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code rsync} of one big file to the server. */
final class BigCopy implements Work {
  private final Path from;
  private final Path into = Scratch.directory("copy").resolve("into");
  private final Program rsync;

  BigCopy(Ssh client, Path from) {
    this.from = from;
    this.rsync =
        Command.of("rsync", "--inplace", "-e", client.asWord())
            .plus(from.toString(), Ssh.HOST + ":" + into)
            .startedBy(client.launcher())
            .start();
  }

  @Override
  public double progress() {
    return WebDownload.part(into, from);
  }

  @Override
  public long expectedBytes() {
    return WebDownload.size(from);
  }

  @Override
  public void assertUnbroken() {
    rsync.assertUnbroken();
  }

  @Override
  public void finish() {
    rsync.await(Effort.DEADLINE).ok();
    assertThat(Sample.sha256(into)).isEqualTo(Sample.sha256(from));
  }

  @Override
  public void close() {
    rsync.close();
    try {
      Files.deleteIfExists(into);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
