package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.HASH;

import dev.holdfast.access.Ed25519;
import dev.holdfast.access.Recipient;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * @param recipients who can read it; none if everybody can
 */
public record Continuation(
    byte[] key,
    int index,
    byte[] previous,
    long number,
    long offset,
    long nanos,
    List<Recipient> recipients) {
  private static final int BYTES = Ed25519.KEY + Integer.BYTES + HASH + 3 * Long.BYTES;

  public Continuation {
    recipients = List.copyOf(recipients);
  }

  /** Whether {@code signer} can go on: a recording is signed by one key. */
  public boolean isBy(Signer signer) {
    return Arrays.equals(key, signer.shown());
  }

  /** It as bytes, for this machine. */
  public byte[] encoded() {
    ByteBuffer out =
        ByteBuffer.allocate(BYTES + recipients.size() * Recipient.KEY)
            .put(key)
            .putInt(index)
            .put(previous)
            .putLong(number)
            .putLong(offset)
            .putLong(nanos);
    recipients.forEach(one -> out.put(one.key()));
    return out.array();
  }

  /** The one that {@link #encoded} made these bytes of, if they are all there. */
  public static Optional<Continuation> of(byte[] encoded) {
    int more = encoded.length - BYTES;
    if (more < 0 || more > Recipient.MOST * Recipient.KEY || more % Recipient.KEY != 0) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(encoded);
    byte[] key = new byte[Ed25519.KEY];
    in.get(key);
    int index = in.getInt();
    byte[] previous = new byte[HASH];
    in.get(previous);
    long number = in.getLong();
    long offset = in.getLong();
    long nanos = in.getLong();
    try {
      return Optional.of(
          new Continuation(key, index, previous, number, offset, nanos, recipients(in)));
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }

  private static List<Recipient> recipients(ByteBuffer in) throws InvalidKeyException {
    List<Recipient> recipients = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] key = new byte[Recipient.KEY];
      in.get(key);
      recipients.add(Recipient.of(key));
    }
    return recipients;
  }
}
