package dev.holdfast.browser;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Fuzz target: whatever a browser, or who is none, says at the door. */
public final class SocksRequestFuzz {
  private static final Reach SERVER_ONLY = new Reach(false, Set::of);

  private SocksRequestFuzz() {}

  /** Fails if something else than loopback is led to the server. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    try {
      Optional<SocksRequest> asked = SocksRequest.read(new MemoryDuplex(bytes));
      Optional<Reach.Way> way = asked.map(SERVER_ONLY::of);
      way.filter(it -> it instanceof Reach.Way.Far far && !LoopbackName.is(far.host()))
          .ifPresent(it -> {
            throw new AssertionError(it.toString());
          });
    } catch (IOException e) {
      // It ended too early.
    }
  }
}
