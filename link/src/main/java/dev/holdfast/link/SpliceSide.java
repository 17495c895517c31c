package dev.holdfast.link;

import java.nio.ByteBuffer;

/**
 * What a process hands over of one of a {@link Splice}'s connections beside its socket.
 *
 * @param written bytes written to it so far
 * @param readEnded whether it has finished
 * @param shut whether it was told that the other has finished
 * @param waiting bytes for it that it did not take yet
 */
record SpliceSide(long written, boolean readEnded, boolean shut, ByteBuffer waiting) {
  /** A connection over which nothing went, with bytes of the other for it. */
  static SpliceSide fresh(ByteBuffer waiting) {
    return new SpliceSide(0, false, false, waiting);
  }
}
