package dev.holdfast.link;

import dev.holdfast.stream.Link;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The first answer of a server: perhaps behind lines that are the program's. */
final class FirstOpening implements Opening, Comeback.Verdict {
  private static final int MOST_LINES = 16 * 1024;
  private static final int TURN_MILLIS = 50;

  private final boolean linesFirst;
  private final Comeback.Verdict keeper;
  private final CountDownLatch decided = new CountDownLatch(1);
  private @Nullable Opening inner;
  private byte[] lines = new byte[0];
  private volatile @Nullable String refused;

  FirstOpening(boolean linesFirst, Comeback.Verdict keeper) {
    this.linesFirst = linesFirst;
    this.keeper = keeper;
  }

  @Override
  public @Nullable Link link() {
    return inner == null ? null : inner.link();
  }

  @Override
  public boolean receive(ByteBuffer input, long now) throws ProtocolException {
    while (linesFirst && input.hasRemaining() && input.get(input.position()) != 0) {
      int end = lineEnd(input);
      if (end < 0) {
        return false;
      }
      int had = lines.length;
      lines = Arrays.copyOf(lines, had + end - input.position());
      input.get(lines, had, end - input.position());
      if (lines.length > MOST_LINES) {
        throw new ProtocolException("too many lines before the answer");
      }
    }
    return Objects.requireNonNull(inner).receive(input, now);
  }

  private static int lineEnd(ByteBuffer input) {
    for (int i = input.position(); i < input.limit(); i++) {
      if (input.get(i) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** What the server's answer is for. */
  void answerFor(Opening attempt) {
    inner = attempt;
  }

  /** The server's lines that passed before its answer. */
  byte[] lines() {
    return lines;
  }

  @Override
  public void accepted(Duration patience) {
    keeper.accepted(patience);
    decided.countDown();
  }

  @Override
  public void later(String why) {
    gone(why);
  }

  @Override
  public void gone(String why) {
    refused = why;
    keeper.gone(why);
    decided.countDown();
  }

  /** Waits until the server has answered, or the connection is lost. */
  void awaitVerdict(Duration timeout, StreamDuplex duplex) throws IOException {
    long until = System.nanoTime() + timeout.toNanos();
    try {
      while (!decided.await(TURN_MILLIS, TimeUnit.MILLISECONDS)) {
        if (duplex.awaitEnd(1)) {
          throw new IOException(
              "The connection was lost before the server had answered; try again.");
        }
        if (System.nanoTime() > until) {
          throw new IOException(
              "The server announced resumption and then did not answer; try again, or with"
                  + " --resume off.");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (refused != null) {
      throw new IOException(refused);
    }
  }
}
