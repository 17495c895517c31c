package dev.holdfast.recording;

import dev.holdfast.recording.Event.Why;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What an encrypted block says of its events, so that a recording is checked, kept and ended by who
 * can't read it.
 *
 * @param sequence of the block in its part; grows
 * @param count of its events
 * @param output bytes of output in them
 * @param nanos of the last of them
 * @param starts whether the first of them is a start
 * @param ends how the last of them ends the recording, if it does
 */
record BlockNote(
    long sequence, int count, long output, long nanos, boolean starts, Optional<Why> ends) {
  /** Its bytes. */
  static final int BYTES = 8 + 4 + 8 + 8 + 1;

  private static final int STARTS = 1;
  private static final int ENDS_WHOLE = 2;
  private static final int ENDS_CUT = 4;

  void write(ByteBuffer out) {
    int marks = starts ? STARTS : 0;
    if (ends.isPresent()) {
      marks |=
          switch (ends.get()) {
            case WHOLE -> ENDS_WHOLE;
            case CUT -> ENDS_CUT;
          };
    }
    out.putLong(sequence).putInt(count).putLong(output).putLong(nanos).put((byte) marks);
  }

  /**
   * Reads one.
   *
   * @param raw bytes of the block's events
   */
  static BlockNote read(ByteBuffer in, int raw) throws MalformedPartException {
    long sequence = in.getLong();
    int count = in.getInt();
    long output = in.getLong();
    long nanos = in.getLong();
    int marks = in.get();
    if (sequence < 0 || nanos < 0 || count < 1 || count > raw || output < 0 || output > raw) {
      throw new MalformedPartException("a number in a block's note can't be");
    }
    Optional<Why> ends =
        switch (marks & ~STARTS) {
          case 0 -> Optional.empty();
          case ENDS_WHOLE -> Optional.of(Why.WHOLE);
          case ENDS_CUT -> Optional.of(Why.CUT);
          default -> throw new MalformedPartException("a block's note says what can't be");
        };
    return new BlockNote(sequence, count, output, nanos, (marks & STARTS) != 0, ends);
  }
}
