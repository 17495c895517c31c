package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Fuzz target: what one process of a proxy asks another; what is read is written so that it is read
 * the same.
 */
public final class RoadQuestionFuzz {
  private RoadQuestionFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    RoadQuestion question;
    try {
      question = RoadQuestion.read(ByteBuffer.wrap(data));
    } catch (IOException e) {
      return;
    }
    if (!RoadQuestion.read(question.encoded()).equals(question)) {
      throw new IllegalStateException(question + " is written as another one");
    }
  }
}
