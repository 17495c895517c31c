package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.NAME;
import static dev.holdfast.recording.RecordingFormat.UNSIGNED_HEAD;

import dev.holdfast.access.Ed25519;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The signed beginning of a part (PROTOCOL.recording 2).
 *
 * @param recording its name
 * @param index of the part, 0 for the first
 * @param previous hash of the part before; zeros for the first
 * @param number of the first event
 * @param nanos of the first event
 * @param offset bytes of output in the parts before
 * @param key of who signs, 32 bytes
 * @param envelope who can read it; null if everybody can
 */
record PartHead(
    String recording,
    int index,
    byte[] previous,
    long number,
    long nanos,
    long offset,
    byte[] key,
    @Nullable Envelope envelope) {
  /** How blocks are stored: not encrypted. */
  private static final int PLAIN = 0;

  /** By the key in the envelope. */
  private static final int ENCRYPTED = 1;

  PartHead {
    RecordingFormat.check(recording, index);
    if (previous.length != HASH || key.length != Ed25519.KEY) {
      throw new IllegalArgumentException("a hash or key of another length");
    }
  }

  byte[] signedBy(Signer signer) {
    byte[] unsigned =
        ByteBuffer.allocate(UNSIGNED_HEAD)
            .put(RecordingFormat.magic())
            .put(HexFormat.of().parseHex(recording))
            .putInt(index)
            .put(previous)
            .putLong(number)
            .putLong(nanos)
            .putLong(offset)
            .put(key)
            .putInt(envelope == null ? PLAIN : ENCRYPTED)
            .array();
    byte[] sealed = envelope == null ? new byte[0] : envelope.encoded();
    byte[] signature = signer.sign(RecordingFormat.headSigned(), unsigned, sealed);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(unsigned);
    all.writeBytes(signature);
    all.writeBytes(sealed);
    return all.toByteArray();
  }

  /** Reads one whose signature is its key's, and leaves {@code in} behind it. */
  static PartHead read(ByteBuffer in) throws MalformedPartException {
    int start = in.position();
    try {
      PartHead head = parse(in);
      byte[] unsigned = between(in, start);
      byte[] signature = take(in, Ed25519.SIGNATURE);
      int behind = in.position();
      PartHead whole = isEncrypted(unsigned) ? head.with(Envelope.read(in)) : head;
      if (!Ed25519.verifies(
          Ed25519.publicKey(head.key),
          signature,
          RecordingFormat.headSigned(),
          unsigned,
          between(in, behind))) {
        throw new MalformedPartException("its head is not what was signed");
      }
      return whole;
    } catch (BufferUnderflowException e) {
      throw new MalformedPartException("its head is cut off");
    } catch (InvalidKeyException e) {
      throw new MalformedPartException("the key in its head is none");
    }
  }

  private static byte[] between(ByteBuffer in, int start) {
    byte[] read = new byte[in.position() - start];
    in.get(start, read);
    return read;
  }

  private static boolean isEncrypted(byte[] unsigned) {
    return ByteBuffer.wrap(unsigned).getInt(UNSIGNED_HEAD - Integer.BYTES) == ENCRYPTED;
  }

  private PartHead with(Envelope its) {
    return new PartHead(recording, index, previous, number, nanos, offset, key, its);
  }

  private static PartHead parse(ByteBuffer in) throws MalformedPartException {
    byte[] magic = take(in, RecordingFormat.magic().length);
    if (!Arrays.equals(magic, RecordingFormat.magic())) {
      throw new MalformedPartException("it does not begin as a part of version 1 does");
    }
    String recording = HexFormat.of().formatHex(take(in, NAME));
    int index = in.getInt();
    byte[] previous = take(in, HASH);
    long number = in.getLong();
    long nanos = in.getLong();
    long offset = in.getLong();
    byte[] key = take(in, Ed25519.KEY);
    int stored = in.getInt();
    if (index < 0 || index >= RecordingFormat.MOST_PARTS || number < 0 || nanos < 0 || offset < 0) {
      throw new MalformedPartException("a number in its head can't be");
    }
    if (stored != PLAIN && stored != ENCRYPTED) {
      throw new MalformedPartException("it is stored in a way that this version does not know");
    }
    return new PartHead(recording, index, previous, number, nanos, offset, key, null);
  }

  private static byte[] take(ByteBuffer in, int count) {
    if (count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[count];
    in.get(taken);
    return taken;
  }
}
