package dev.holdfast.link;

import dev.holdfast.stream.Link;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A peer's opening behind its {@link Greeting}, should there be one. */
final class PastGreeting implements Opening {
  private final Opening inner;
  private boolean past;

  PastGreeting(Opening inner) {
    this.inner = inner;
  }

  @Override
  public @Nullable Link link() {
    return inner.link();
  }

  @Override
  public boolean receive(ByteBuffer input, long now) throws ProtocolException {
    past = past || Greeting.pass(input);
    return past && inner.receive(input, now);
  }
}
