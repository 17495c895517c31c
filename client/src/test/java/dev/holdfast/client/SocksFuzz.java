package dev.holdfast.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Fuzz target: what a client of SOCKS says. */
public final class SocksFuzz {
  /** The longest request of version 5: greeting with 255 methods, and a name of 255 bytes. */
  private static final int MOST = 2 + 255 + 5 + 255 + 2;

  private SocksFuzz() {}

  /** Fails if a place is found that could not have been asked for, or too much is read. */
  public static void fuzzerTestOneInput(byte[] input) {
    ByteArrayInputStream said = new ByteArrayInputStream(input);
    ByteArrayOutputStream answered = new ByteArrayOutputStream();
    try {
      Socks asked = Socks.accept(new StreamsDuplex(said, answered, () -> {}));
      PortForward.Place.Port to = asked.to();
      check(!to.host().isEmpty() && to.host().length() <= Socks.MOST_TEXT, to);
      check(to.port() >= 0 && to.port() <= 0xffff, to);
      asked.answer(true);
    } catch (IOException e) {
      // No request; there may have been the answer to a greeting.
    }
    check(input.length - said.available() <= MOST, input.length - said.available());
    check(answered.size() <= 12, answered.size());
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}
