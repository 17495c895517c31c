package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A download by curl from the server's web server, through {@code ssh -L}. */
final class WebDownload implements Work {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Path page;
  private final Path into = Scratch.directory("download").resolve("into");
  private final Program ssh;
  private final Program curl;

  /**
   * Starts it.
   *
   * @param web the server, in the network of sshd
   * @param page the file that it serves
   */
  WebDownload(Ssh client, Web web, Path page) {
    this.page = page;
    InetSocketAddress local = Ports.free();
    ssh =
        client
            .ssh("-N", "-L", Ports.text(local) + ":" + Ports.text(web.address()), Ssh.HOST)
            .start();
    Ports.awaitListening(ssh, local.getPort());
    curl =
        Command.of("curl", "-sSf", "-o", into.toString())
            .plus("http://" + Ports.text(local) + "/" + page.getFileName())
            .startedBy(client.launcher())
            .start();
  }

  @Override
  public double progress() {
    return part(into, page);
  }

  @Override
  public long expectedBytes() {
    return size(page);
  }

  @Override
  public void assertUnbroken() {
    ssh.assertUnbroken();
    curl.assertUnbroken();
  }

  @Override
  public void finish() {
    curl.await(Effort.DEADLINE).ok();
    assertThat(Sample.sha256(into)).isEqualTo(Sample.sha256(page));
    assertThat(ssh.alive()).as("the forwarding ssh lives on").isTrue();
    ssh.signal("TERM");
    ssh.await(SOON);
  }

  @Override
  public void close() {
    curl.close();
    ssh.close();
    try {
      Files.deleteIfExists(into);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How much of a file is there, from 0 to 1. */
  static double part(Path there, Path whole) {
    return (double) size(there) / size(whole);
  }

  static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
