package dev.holdfast.link;

import dev.holdfast.stream.Link;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Opens a stream and comes back to it through proxies: their words stand around those of {@code
 * inner}, in the same flight. Guarded by the stream's lock.
 */
final class ComebackThrough implements Comeback {
  private final Passage passage;
  private final Comeback inner;
  private boolean opened;

  ComebackThrough(Passage passage, Comeback inner) {
    this.passage = passage;
    this.inner = inner;
  }

  @Override
  public Attempt begin(Verdict verdict, int leniency, long now) {
    Attempt attempt = inner.begin(verdict, leniency, now);
    byte[] hello = new byte[attempt.first().remaining()];
    attempt.first().get(hello);
    byte[] before = passage.before(hello, !opened);
    opened = true;
    ByteBuffer first = ByteBuffer.allocate(before.length + hello.length).put(before).put(hello);
    return new Attempt(
        first.flip(), new PastGreeting(new Through(passage.hearing(), verdict, attempt.opening())));
  }

  /** Waits for the proxy's word, and then for the node's. */
  private static final class Through implements Opening {
    private final Passage.Hearing hearing;
    private final Verdict verdict;
    private final Opening inner;
    private boolean welcome;

    Through(Passage.Hearing hearing, Verdict verdict, Opening inner) {
      this.hearing = hearing;
      this.verdict = verdict;
      this.inner = inner;
    }

    @Override
    public @Nullable Link link() {
      return inner.link();
    }

    @Override
    public boolean receive(ByteBuffer input, long now) throws ProtocolException {
      return (welcome || hear(input)) && inner.receive(input, now);
    }

    private boolean hear(ByteBuffer input) throws ProtocolException {
      switch (word(input)) {
        case null -> {
          return false;
        }
        case Passage.Word.Welcome _ -> welcome = true;
        case Passage.Word.Later(String text) -> {
          verdict.later(text);
          throw new ProtocolException(text);
        }
        case Passage.Word.Never(String text) -> {
          verdict.gone(text);
          throw new ProtocolException(text);
        }
      }
      return true;
    }

    private Passage.@Nullable Word word(ByteBuffer input) throws ProtocolException {
      try {
        return hearing.hear(input);
      } catch (IOException e) {
        throw new ProtocolException(String.valueOf(e.getMessage()));
      }
    }
  }
}
