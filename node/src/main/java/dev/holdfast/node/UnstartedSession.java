package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A session whose process could not be started: it tells its client why, and is over. Thread-safe.
 */
final class UnstartedSession implements ServedSession {
  /** What holdfast-session ends with where it can't go on (EXIT_FAILED). */
  static final int STATUS = 254;

  private final ClientEnd client;
  private final ClientEnd.Output way;
  private final byte[] sentence;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * One for {@code client}.
   *
   * @param terminal whether the client shows its output on a terminal
   */
  UnstartedSession(ClientEnd client, boolean terminal, String sentence) {
    this.client = client;
    way = terminal ? ClientEnd.Output.STDOUT : ClientEnd.Output.STDERR;
    this.sentence = (sentence + (terminal ? "\r\n" : "\n")).getBytes(UTF_8);
  }

  @Override
  public void begin() {
    tell();
  }

  @Override
  public void writable() {
    tell();
  }

  private void tell() {
    if (!client.isWritable() || !told.compareAndSet(false, true)) {
      return;
    }
    try {
      client.write(
          way,
          (target, offset, length) -> {
            int count = Math.min(length, sentence.length);
            System.arraycopy(sentence, 0, target, offset, count);
            return count;
          });
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    client.exit(new Ending.Status(STATUS));
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    return length;
  }

  @Override
  public void inputEnded() {}

  @Override
  public void resize(WindowSize size) {}

  @Override
  public void signal(String name) {}

  @Override
  public boolean sendBreak(Duration length) {
    return false;
  }

  @Override
  public void closed() {}
}
