package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An app on a server, and the connections to it. Thread-safe. */
final class App {
  private final FarAddress address;

  App(FarAddress address) {
    this.address = address;
  }

  FarAddress address() {
    return address;
  }

  /** A connection that was made ahead, if there is one that may be used. */
  Optional<FarStream> take(LiveSession session) {
    return Optional.empty();
  }

  /** A connection is about to be begun through {@code session}; others may be begun before it. */
  void beside(LiveSession session) {}

  /** A connection was made. */
  FarStream connected(Connected made) {
    return new FarStream(made);
  }

  /** The server made none. */
  void refused(ChannelRefused why) {}

  /** Connections will be wanted soon. */
  void expect(LiveSession session) {}

  /** It answered while so many idle connections were open. */
  void learn(int idle) {}

  /** Does what is due. */
  void tend(@Nullable LiveSession session) {}

  boolean isForgettable() {
    return true;
  }
}
