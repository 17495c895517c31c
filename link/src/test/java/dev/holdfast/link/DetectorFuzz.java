package dev.holdfast.link;

import java.nio.ByteBuffer;

/** Fuzz target: a client's first bytes. */
public final class DetectorFuzz {
  private DetectorFuzz() {}

  /**
   * Fails if a judgement is taken back when more comes, if a look too early says something else, or
   * if one in time says nothing.
   */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Detector.Kind before = Detector.Kind.UNKNOWN;
    for (int piece = 0; piece <= bytes.length; piece++) {
      ByteBuffer input = ByteBuffer.wrap(bytes, 0, piece);
      Detector.Kind kind = Detector.judge(input, 0);
      boolean isFinal = before != Detector.Kind.UNKNOWN && before != Detector.Kind.PROBE;
      check(!isFinal || kind == before, before + " and then " + kind);
      check(input.remaining() == piece, "bytes were consumed");
      checkLooks(input, kind);
      before = kind;
    }
  }

  private static void checkLooks(ByteBuffer input, Detector.Kind kind) {
    long look = Detector.nextLook(input, 0);
    if (kind == Detector.Kind.UNKNOWN) {
      long early = Math.min(look, Long.MAX_VALUE) - 1;
      check(Detector.judge(input, early) == kind, "another look was needed before " + look);
      check(
          look == Long.MAX_VALUE || Detector.judge(input, look) != kind, "nothing new at " + look);
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
