package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.BLOCK_HEAD;
import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED_ENCRYPTED;
import static dev.holdfast.recording.RecordingFormat.KIND_ENCRYPTED;
import static dev.holdfast.recording.RecordingFormat.KIND_STORED;
import static dev.holdfast.recording.RecordingFormat.MOST_BLOCK;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * One block of a part, as a stranger may have made it.
 *
 * @param bytes of the part
 * @param at where the block begins
 * @param payload where its payload does
 * @param end of it, behind its link
 * @param raw bytes of its events
 * @param note what it says of them, if it is encrypted
 */
record Block(byte[] bytes, int at, int payload, int end, int raw, @Nullable BlockNote note) {
  /** The block that begins there; nothing if it is cut off. */
  static Optional<Block> at(byte[] bytes, int at, boolean encrypted) throws MalformedPartException {
    byte kind = bytes[at];
    boolean known =
        encrypted
            ? kind == KIND_ENCRYPTED || kind == KIND_DEFLATED_ENCRYPTED
            : kind == KIND_STORED || kind == KIND_DEFLATED;
    if (!known) {
      throw new MalformedPartException("nothing is known of blocks of kind " + kind);
    }
    int head = BLOCK_HEAD + (encrypted ? BlockNote.BYTES : 0);
    if (bytes.length - at < head) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, at + 1, head - 1);
    int length = in.getInt();
    int raw = in.getInt();
    int tag = encrypted ? PartCipher.TAG : 0;
    if (raw < 1 || raw > MOST_BLOCK || length < 1 + tag || length > MOST_BLOCK + tag) {
      throw new MalformedPartException("the length of a block can't be");
    }
    BlockNote note = encrypted ? BlockNote.read(in, raw) : null;
    int end = at + head + length + HASH;
    return end > bytes.length
        ? Optional.empty()
        : Optional.of(new Block(bytes, at, at + head, end, raw, note));
  }

  /** The link, if it follows the one before. */
  byte[] link(byte[] before) throws MalformedPartException {
    var hash = RecordingFormat.hash();
    hash.update(before);
    hash.update(bytes, at, end - HASH - at);
    byte[] next = hash.digest();
    if (!Arrays.equals(next, 0, HASH, bytes, end - HASH, end)) {
      throw new MalformedPartException("a block was changed");
    }
    return next;
  }

  /** Its events. */
  byte[] events(Inflater inflater, @Nullable PartCipher cipher) throws MalformedPartException {
    byte[] stored = Arrays.copyOfRange(bytes, payload, end - HASH);
    byte kind = bytes[at];
    if (note != null && cipher != null) {
      stored =
          cipher
              .open(note.sequence(), Arrays.copyOfRange(bytes, at, payload), stored)
              .orElseThrow(() -> new MalformedPartException("a block can't be decrypted"));
    }
    if (kind == KIND_DEFLATED || kind == KIND_DEFLATED_ENCRYPTED) {
      return inflated(inflater, stored);
    }
    if (stored.length != raw) {
      throw new MalformedPartException("the lengths of a block differ");
    }
    return stored;
  }

  private byte[] inflated(Inflater inflater, byte[] stored) throws MalformedPartException {
    byte[] events = new byte[raw];
    try {
      inflater.reset();
      inflater.setInput(stored);
      if (inflater.inflate(events) != raw || !ends(inflater)) {
        throw new MalformedPartException("a block has another length than it says");
      }
      return events;
    } catch (DataFormatException e) {
      throw new MalformedPartException("a block can't be decompressed");
    }
  }

  /** Whether there is nothing more to decompress, and nothing behind it. */
  private static boolean ends(Inflater inflater) throws DataFormatException {
    return inflater.inflate(new byte[1]) == 0
        && inflater.finished()
        && inflater.getRemaining() == 0;
  }
}
