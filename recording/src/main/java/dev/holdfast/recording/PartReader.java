package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.KIND_SEAL;
import static dev.holdfast.recording.RecordingFormat.MOST_PART_EVENTS;
import static dev.holdfast.recording.RecordingFormat.SEAL;

import dev.holdfast.access.Ed25519;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads one part, which a stranger may have made or changed: its head, and then block by block, as
 * long as what comes is whole. Of an encrypted part without its key it has what the blocks say of
 * their events. Takes memory for one block. Confined to one thread.
 */
final class PartReader {
  private final byte[] bytes;
  private final int start;
  private final PartHead head;
  private final @Nullable PartCipher cipher;
  private int at;
  private byte[] link;
  private long number;
  private long offset;
  private long nanos;
  private long events;
  private long sequence = -1;

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

  private PartReader(byte[] bytes, int start, PartHead head, int at, @Nullable PartCipher cipher) {
    this.bytes = bytes;
    this.start = start;
    this.head = head;
    this.at = at;
    this.cipher = cipher;
    link = RecordingFormat.hash().digest(Arrays.copyOfRange(bytes, start, at));
    number = head.number();
    offset = head.offset();
    nanos = head.nanos();
  }

  /** Reads the head of the part that begins at {@code start}, for who has no key. */
  static PartReader of(byte[] bytes, int start) throws MalformedPartException {
    return of(bytes, start, List.of());
  }

  /** The same, for who has these. */
  static PartReader of(byte[] bytes, int start, List<ReadingKey> keys)
      throws MalformedPartException {
    ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
    PartHead head = PartHead.read(in);
    Envelope envelope = head.envelope();
    PartCipher cipher =
        envelope == null
            ? null
            : envelope.open(keys, head.recording(), head.index()).map(PartCipher::new).orElse(null);
    return new PartReader(bytes, start, head, in.position(), cipher);
  }

  /** Whether its events can't be read. */
  boolean isHidden() {
    return head.envelope() != null && cipher == null;
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
    return readAll(sink, note -> {});
  }

  /** The same; of each whole block that can't be read {@code told} gets what it says of itself. */
  Tail readAll(Consumer<Event> sink, Consumer<BlockNote> told) {
    Inflater inflater = new Inflater(true);
    try {
      while (at < bytes.length) {
        if (bytes[at] == KIND_SEAL) {
          return seal();
        }
        Optional<Block> block = Block.at(bytes, at, head.envelope() != null);
        if (block.isEmpty()) {
          break;
        }
        block(inflater, block.get(), sink, told);
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

  private void block(Inflater inflater, Block block, Consumer<Event> sink, Consumer<BlockNote> told)
      throws MalformedPartException {
    byte[] next = block.link(link);
    events += block.raw();
    if (events > MOST_PART_EVENTS) {
      throw new MalformedPartException("it has more events than a part may have");
    }
    BlockNote note = block.note();
    if (note != null) {
      checkOrder(note);
    }
    if (note != null && cipher == null) {
      told.accept(note);
      number += note.count();
      offset += note.output();
      nanos = note.nanos();
    } else {
      check(ByteBuffer.wrap(block.events(inflater, cipher)), note, sink);
    }
    link = next;
    at = block.end();
  }

  private void checkOrder(BlockNote note) throws MalformedPartException {
    if (note.sequence() <= sequence || note.nanos() < nanos) {
      throw new MalformedPartException("a block is out of order");
    }
    sequence = note.sequence();
  }

  /** All events of a block are looked at before one is given on. */
  private void check(ByteBuffer raw, @Nullable BlockNote note, Consumer<Event> sink)
      throws MalformedPartException {
    long expected = number;
    long output = offset;
    long time = nanos;
    boolean starts = false;
    Optional<Event.Why> ends = Optional.empty();
    while (raw.hasRemaining()) {
      Event event = EventReader.next(raw);
      if (event.number() != expected || event.nanos() < time) {
        throw new MalformedPartException("event " + event.number() + " is out of order");
      }
      starts |= expected == number && event.content() instanceof Event.Start;
      expected++;
      time = event.nanos();
      ends = event.content() instanceof Event.End end ? Optional.of(end.why()) : Optional.empty();
      if (event.content() instanceof Event.Output(_, byte[] data)) {
        output += data.length;
      }
    }
    if (note != null) {
      int count = Math.toIntExact(expected - number);
      var found = new BlockNote(note.sequence(), count, output - offset, time, starts, ends);
      if (!found.equals(note)) {
        throw new MalformedPartException("what a block says of its events is not so");
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
