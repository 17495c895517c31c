package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Fuzz target: what strangers say first. The first byte decides which side hears it and whether the
 * stream is new; the rest is heard whole and byte by byte.
 */
public final class OpeningV1Fuzz {
  private static final KeyExchangeV1 KEY = KeyExchangeV1.fresh(new SecureRandom());
  private static final ClientOpeningV1.Session SESSION =
      new ClientOpeningV1.Session(new TokenV1(new byte[TokenV1.BYTES]), "host");

  private OpeningV1Fuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    String whole = play(data, Integer.MAX_VALUE);
    String bytes = play(data, 1);
    if (!whole.equals(bytes)) {
      throw new IllegalStateException(whole + " or " + bytes);
    }
  }

  private static String play(byte[] data, int piece) {
    ByteBuffer input = ByteBuffer.wrap(data).position(1).slice().limit(0);
    Reader reader =
        switch (data[0] & 3) {
          case 0 -> new ServerOpeningV1(KEY)::read;
          case 1 -> ClientOpeningV1.fresh(KEY)::read;
          default -> ClientOpeningV1.resume(KEY, SESSION)::read;
        };
    String steps = "";
    try {
      while (true) {
        Object step = reader.read(input);
        String name = step.getClass().getSimpleName();
        boolean waits = name.equals("More");
        steps += waits ? "" : name + " at " + input.position() + ", ";
        boolean isLast = !waits && !name.equals("Proving");
        if (isLast || (waits && input.limit() == input.capacity())) {
          return steps;
        }
        input.limit((int) Math.min(input.capacity(), (long) input.limit() + piece));
      }
    } catch (ProtocolException e) {
      return steps + e.getMessage();
    }
  }

  private interface Reader {
    Object read(ByteBuffer input) throws ProtocolException;
  }
}
