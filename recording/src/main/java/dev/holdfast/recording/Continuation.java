package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.HASH;

import dev.holdfast.access.Ed25519;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * How far a recording is when one of its parts was finished: what another process must know to go
 * on with it.
 *
 * @param key of who signs, 32 bytes
 * @param index of the next part
 * @param previous hash of the part before
 * @param number of the next event
 * @param offset bytes of output before
 * @param nanos of the last event
 */
public record Continuation(
    byte[] key, int index, byte[] previous, long number, long offset, long nanos) {
  private static final int BYTES = Ed25519.KEY + Integer.BYTES + HASH + 3 * Long.BYTES;

  /** Whether {@code signer} can go on: a recording is signed by one key. */
  public boolean isBy(Signer signer) {
    return Arrays.equals(key, signer.shown());
  }

  /** It as bytes, for this machine. */
  public byte[] encoded() {
    return ByteBuffer.allocate(BYTES)
        .put(key)
        .putInt(index)
        .put(previous)
        .putLong(number)
        .putLong(offset)
        .putLong(nanos)
        .array();
  }

  /** The one that {@link #encoded} made these bytes of, if they are all there. */
  public static Optional<Continuation> of(byte[] encoded) {
    if (encoded.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(encoded);
    byte[] key = new byte[Ed25519.KEY];
    in.get(key);
    int index = in.getInt();
    byte[] previous = new byte[HASH];
    in.get(previous);
    return Optional.of(
        new Continuation(key, index, previous, in.getLong(), in.getLong(), in.getLong()));
  }
}
