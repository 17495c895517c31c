package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.BLOCK_HEAD;
import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED;
import static dev.holdfast.recording.RecordingFormat.KIND_SEAL;
import static dev.holdfast.recording.RecordingFormat.KIND_STORED;
import static dev.holdfast.recording.RecordingFormat.MOST_BLOCK;
import static dev.holdfast.recording.RecordingFormat.MOST_PART_EVENTS;
import static dev.holdfast.recording.RecordingFormat.SEAL;

import dev.holdfast.access.Ed25519;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads one part, which a stranger may have made or changed: its head, and then block by block, as
 * long as what comes is whole. Takes memory for one block. Confined to one thread.
 */
final class PartReader {
  private final byte[] bytes;
  private final int start;
  private final PartHead head;
  private int at;
  private byte[] link;
  private long number;
  private long offset;
  private long nanos;
  private long events;

  /** How the part ends. */
  sealed interface Tail {
    /**
     * With a seal, and nothing is amiss.
     *
     * @param end where it ends
     */
    record Sealed(int end) implements Tail {}

    /**
     * In the middle of a block, or before the seal.
     *
     * @param end of what is whole
     */
    record Torn(int end) implements Tail {}

    /**
     * At something that nobody wrote so.
     *
     * @param end of what is whole
     * @param why without a full stop
     */
    record Damaged(int end, String why) implements Tail {}
  }

  /**
   * How far it was read.
   *
   * @param number of the next event
   * @param offset bytes of output before
   * @param nanos of the last event
   * @param bytes of the part
   * @param link of the last block
   */
  record Position(long number, long offset, long nanos, long bytes, byte[] link) {}

  private PartReader(byte[] bytes, int start, PartHead head, int at) {
    this.bytes = bytes;
    this.start = start;
    this.head = head;
    this.at = at;
    link = RecordingFormat.hash().digest(Arrays.copyOfRange(bytes, start, at));
    number = head.number();
    offset = head.offset();
    nanos = head.nanos();
  }

  /** Reads the head of the part that begins at {@code start}. */
  static PartReader of(byte[] bytes, int start) throws MalformedPartException {
    ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
    PartHead head = PartHead.read(in);
    return new PartReader(bytes, start, head, in.position());
  }

  PartHead head() {
    return head;
  }

  Position position() {
    return new Position(number, offset, nanos, at - start, link.clone());
  }

  /** The hash of all of it, up to {@code end}. */
  byte[] hash(int end) {
    MessageDigest hash = RecordingFormat.hash();
    hash.update(bytes, start, end - start);
    return hash.digest();
  }

  /** Reads to the end; each event of a whole block is given to {@code sink}, in order. */
  Tail readAll(Consumer<Event> sink) {
    Inflater inflater = new Inflater(true);
    try {
      while (at < bytes.length) {
        if (bytes[at] == KIND_SEAL) {
          return seal();
        }
        int end = blockEnd();
        if (end > bytes.length) {
          break;
        }
        block(inflater, end, sink);
      }
      return new Tail.Torn(at);
    } catch (MalformedPartException e) {
      return new Tail.Damaged(at, String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }

  private Tail seal() throws MalformedPartException {
    if (bytes.length - at < SEAL) {
      return new Tail.Torn(at);
    }
    byte[] signature = Arrays.copyOfRange(bytes, at + 1, at + SEAL);
    try {
      if (!Ed25519.verifies(
          Ed25519.publicKey(head.key()), signature, RecordingFormat.sealSigned(), link)) {
        throw new MalformedPartException("its seal is not of what stands before it");
      }
    } catch (InvalidKeyException e) {
      throw new MalformedPartException("the key in its head is none");
    }
    return new Tail.Sealed(at + SEAL);
  }

  /** Where the block ends that begins here; beyond the bytes if it is cut off. */
  private int blockEnd() throws MalformedPartException {
    byte kind = bytes[at];
    if (kind != KIND_STORED && kind != KIND_DEFLATED) {
      throw new MalformedPartException("nothing is known of blocks of kind " + kind);
    }
    if (bytes.length - at < BLOCK_HEAD) {
      return bytes.length + 1;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int payload = in.getInt(at + 1);
    int raw = in.getInt(at + 5);
    if (raw < 1 || raw > MOST_BLOCK || payload < 1 || payload > MOST_BLOCK) {
      throw new MalformedPartException("the length of a block can't be");
    }
    return at + BLOCK_HEAD + payload + HASH;
  }

  private void block(Inflater inflater, int end, Consumer<Event> sink)
      throws MalformedPartException {
    MessageDigest hash = RecordingFormat.hash();
    hash.update(link);
    hash.update(bytes, at, end - HASH - at);
    byte[] next = hash.digest();
    if (!Arrays.equals(next, 0, HASH, bytes, end - HASH, end)) {
      throw new MalformedPartException("a block was changed");
    }
    byte[] raw = raw(inflater, end);
    events += raw.length;
    if (events > MOST_PART_EVENTS) {
      throw new MalformedPartException("it has more events than a part may have");
    }
    check(ByteBuffer.wrap(raw), sink);
    link = next;
    at = end;
  }

  private byte[] raw(Inflater inflater, int end) throws MalformedPartException {
    int from = at + BLOCK_HEAD;
    int to = end - HASH;
    int length = ByteBuffer.wrap(bytes).getInt(at + 5);
    if (bytes[at] == KIND_STORED) {
      if (to - from != length) {
        throw new MalformedPartException("the lengths of a block differ");
      }
      return Arrays.copyOfRange(bytes, from, to);
    }
    byte[] raw = new byte[length];
    try {
      inflater.reset();
      inflater.setInput(bytes, from, to - from);
      if (inflater.inflate(raw) != length || !ends(inflater)) {
        throw new MalformedPartException("a block has another length than it says");
      }
      return raw;
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

  /** All events of a block are looked at before one is given on. */
  private void check(ByteBuffer raw, Consumer<Event> sink) throws MalformedPartException {
    long expected = number;
    long output = offset;
    long time = nanos;
    while (raw.hasRemaining()) {
      Event event = EventReader.next(raw);
      if (event.number() != expected || event.nanos() < time) {
        throw new MalformedPartException("event " + event.number() + " is out of order");
      }
      expected++;
      time = event.nanos();
      if (event.content() instanceof Event.Output(_, byte[] data)) {
        output += data.length;
      }
    }
    raw.rewind();
    while (raw.hasRemaining()) {
      sink.accept(EventReader.next(raw));
    }
    number = expected;
    offset = output;
    nanos = time;
  }
}
