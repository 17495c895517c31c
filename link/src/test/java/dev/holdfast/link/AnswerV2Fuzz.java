package dev.holdfast.link;

import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Fuzz target: what a server says before its first frame. */
public final class AnswerV2Fuzz {
  /** A refusal's text is for a person's terminal. */
  private static final int MOST_TEXT = 200;

  private AnswerV2Fuzz() {}

  /** Fails if an answer is found that a shorter piece says anything about, or that lost a byte. */
  public static void fuzzerTestOneInput(byte[] bytes) throws ProtocolException {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    AnswerV2 answer;
    try {
      answer = AnswerV2.read(input);
    } catch (ProtocolException _) {
      return;
    }
    int taken = input.position();
    if (answer == null) {
      check(taken == 0, "bytes of an incomplete answer were consumed");
      return;
    }
    check(taken <= 3 + AnswerV2.MOST, "too long an answer");
    for (int piece = 0; piece < taken; piece++) {
      check(AnswerV2.read(ByteBuffer.wrap(bytes, 0, piece)) == null, "found in a piece");
    }
    switch (answer) {
      case AnswerV2.Refused refused -> checkText(refused.text());
      case AnswerV2.Accepted accepted ->
          check(
              Arrays.equals(
                      accepted.proven(), Arrays.copyOf(bytes, taken - accepted.proof().length))
                  && accepted.position().received() >= 0
                  && accepted.position().limit() >= 0,
              "what is signed differs");
    }
  }

  private static void checkText(String text) {
    check(text.length() <= MOST_TEXT, "too long a text");
    check(text.chars().noneMatch(Character::isISOControl), "a text that moves the cursor");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
