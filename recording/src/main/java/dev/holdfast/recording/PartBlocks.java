package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.BLOCK_HEAD;
import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED_ENCRYPTED;
import static dev.holdfast.recording.RecordingFormat.KIND_ENCRYPTED;
import static dev.holdfast.recording.RecordingFormat.KIND_STORED;

import dev.holdfast.recording.Event.Why;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes the blocks of one part, all but their links: compressed, and encrypted if there is a key.
 * Caller locks.
 */
final class PartBlocks {
  private final @Nullable PartCipher cipher;
  private long sequence;

  /** Those of a part with this key; with none they are not encrypted. */
  PartBlocks(@Nullable PartCipher cipher) {
    this.cipher = cipher;
  }

  /**
   * Events that have their numbers and make one block.
   *
   * @param end where they end in their buffer
   * @param first and {@code last} are times
   */
  record Numbered(
      int end, int count, long first, long last, long output, boolean starts, Optional<Why> ends) {}

  /** The block of these events, with room for its link behind it. */
  byte[] make(Deflater deflater, EventBuffer events, int from, Numbered block) {
    int raw = block.end - from;
    byte[] payload = new byte[raw];
    deflater.reset();
    deflater.setInput(events.array(), from, raw);
    deflater.finish();
    int length = deflater.deflate(payload);
    boolean deflated = deflater.finished();
    byte[] stored =
        deflated
            ? Arrays.copyOf(payload, length)
            : Arrays.copyOfRange(events.array(), from, block.end);
    PartCipher by = cipher;
    return by == null
        ? plain(deflated ? KIND_DEFLATED : KIND_STORED, raw, stored)
        : encrypted(deflated ? KIND_DEFLATED_ENCRYPTED : KIND_ENCRYPTED, raw, stored, block, by);
  }

  private static byte[] plain(byte kind, int raw, byte[] stored) {
    return ByteBuffer.allocate(BLOCK_HEAD + stored.length + HASH)
        .put(kind)
        .putInt(stored.length)
        .putInt(raw)
        .put(stored)
        .array();
  }

  /** Each has a number of its own, also one that could not be written. */
  private byte[] encrypted(byte kind, int raw, byte[] stored, Numbered block, PartCipher by) {
    int length = stored.length + PartCipher.TAG;
    int head = BLOCK_HEAD + BlockNote.BYTES;
    ByteBuffer out = ByteBuffer.allocate(head + length + HASH);
    out.put(kind).putInt(length).putInt(raw);
    BlockNote note =
        new BlockNote(sequence++, block.count, block.output, block.last, block.starts, block.ends);
    note.write(out);
    byte[] beside = Arrays.copyOf(out.array(), head);
    return out.put(by.seal(note.sequence(), beside, stored)).array();
  }

  /** Numbers the events from {@code from} on that make one block. */
  static Numbered number(EventBuffer events, int from, long number, int full) {
    ByteBuffer bytes = ByteBuffer.wrap(events.array(), 0, events.size());
    long last = bytes.getLong(from + 12);
    int count = 0;
    long output = 0;
    int at = from;
    Optional<Why> ends = Optional.empty();
    while (at < events.size() && at - from < full) {
      int length = bytes.getInt(at);
      bytes.putLong(at + 4, number + count);
      byte kind = bytes.get(at + 20);
      if (kind == EventBuffer.KIND_OUTPUT) {
        output += length - (EventBuffer.HEAD - 4) - 1;
      }
      ends = kind == EventBuffer.KIND_END ? Optional.of(why(bytes.get(at + 21))) : Optional.empty();
      last = bytes.getLong(at + 12);
      count++;
      at += 4 + length;
    }
    boolean starts = bytes.get(from + 20) == EventBuffer.KIND_START;
    return new Numbered(at, count, bytes.getLong(from + 12), last, output, starts, ends);
  }

  private static Why why(byte code) {
    return code == Why.WHOLE.code ? Why.WHOLE : Why.CUT;
  }
}
