package dev.holdfast.link;

import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Fuzz target: what a client says before its first frame. */
public final class HelloV2Fuzz {
  private HelloV2Fuzz() {}

  /** Fails if a hello is found that a shorter piece says anything about, or that lost a byte. */
  public static void fuzzerTestOneInput(byte[] bytes) throws ProtocolException {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    HelloV2 hello;
    try {
      hello = HelloV2.read(input);
    } catch (ProtocolException _) {
      return;
    }
    int taken = input.position();
    if (hello == null) {
      check(taken == 0, "bytes of an incomplete hello were consumed");
      return;
    }
    check(taken <= HelloV2.preface().length + 2 + HelloV2.MOST, "too long a hello");
    for (int piece = 0; piece < taken; piece++) {
      check(HelloV2.read(ByteBuffer.wrap(bytes, 0, piece)) == null, "found in a piece");
    }
    check(Arrays.equals(encoded(hello), Arrays.copyOf(bytes, taken)), "what is signed differs");
  }

  private static byte[] encoded(HelloV2 hello) {
    return switch (hello) {
      case HelloV2.Open open -> open.encoded();
      case HelloV2.Resume resume ->
          ByteBuffer.allocate(resume.proven().length + resume.proof().length)
              .put(resume.proven())
              .put(resume.proof())
              .array();
    };
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
