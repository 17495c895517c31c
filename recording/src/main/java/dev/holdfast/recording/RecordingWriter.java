package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.KIND_SEAL;

import dev.holdfast.access.Json;
import dev.holdfast.access.Recipient;
import dev.holdfast.recording.PartBlocks.Numbered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parts of one recording out of events: blocks that are compressed and chained by their
 * hashes, each part begun by a signed head and ended by a seal. What is to be read by a few only is
 * encrypted here, before any sink has it. Caller locks.
 */
public final class RecordingWriter {
  /** A part that has so many bytes gets no other block. */
  public static final int FULL_PART = 512 * 1024;

  /** Events of so many bytes make a block. */
  static final int FULL_BLOCK = 128 * 1024;

  /** A part with so many bytes of events gets no other block, however well they compress. */
  static final long FULL_PART_EVENTS = 64L << 20;

  /** Most bytes of what {@link #writeLast} takes. */
  public static final int MOST_LAST = 4 * 1024;

  /** Most bytes of a part that this makes. */
  public static final int MOST_WRITTEN =
      FULL_PART + RecordingFormat.MOST_BLOCK + 2 * MOST_LAST + Envelope.MOST + 1024;

  private final String recording;
  private final Signer signer;
  private final Sink sink;
  private final List<Recipient> recipients;
  private final MessageDigest hash = RecordingFormat.hash();

  /** Over all bytes of the open part. */
  private final MessageDigest whole = RecordingFormat.hash();

  private final byte[] previous = new byte[HASH];
  private byte[] link = new byte[HASH];
  private int index;
  private boolean open;
  private boolean ended;

  /** Of the open part; null if another process, whose key is not known, began it encrypted. */
  private @Nullable PartBlocks blocks;

  private long number;
  private long nanos;
  private long offset;
  private long partBytes;
  private long partEvents;

  /** Where parts go. */
  public interface Sink {
    /** Room for part {@code index} will be needed; fails if there is none. */
    void prepare(int index) throws IOException;

    /** More of part {@code index}; if it fails nothing of these bytes is kept. */
    void write(int index, byte[] bytes, int from, int to) throws IOException;

    /**
     * Part {@code index} is whole.
     *
     * @param next where another writer could go on; empty if the recording has its end
     */
    void finish(int index, Optional<Continuation> next) throws IOException;
  }

  /** A new recording that everybody can read. */
  public RecordingWriter(String recording, Signer signer, Sink sink) {
    this(recording, signer, sink, List.of());
  }

  /**
   * A new recording.
   *
   * @param recipients who can read it; if there are none, everybody
   */
  public RecordingWriter(String recording, Signer signer, Sink sink, List<Recipient> recipients) {
    this.recording = RecordingFormat.check(recording, 0);
    this.signer = signer;
    this.sink = sink;
    this.recipients = List.copyOf(recipients);
    if (recipients.size() > Recipient.MOST) {
      throw new IllegalArgumentException(recipients.size() + " recipients");
    }
  }

  /** Goes on with the part that comes next where {@code from} was taken. */
  public RecordingWriter(String recording, Signer signer, Sink sink, Continuation from) {
    this(recording, signer, sink, from.recipients());
    index = from.index();
    System.arraycopy(from.previous(), 0, previous, 0, HASH);
    number = from.number();
    offset = from.offset();
    nanos = from.nanos();
  }

  /**
   * Goes on with an open part of which the sink has exactly the bytes of {@link TornPart#whole}. An
   * encrypted one gets its seal, and what follows is in the next, for the same recipients.
   */
  public RecordingWriter(String recording, Signer signer, Sink sink, TornPart part) {
    this(recording, signer, sink, part.recipients());
    PartReader.Position at = part.position();
    index = part.index();
    open = true;
    ended = part.isEnded();
    number = at.number();
    offset = at.offset();
    nanos = at.nanos();
    partBytes = at.bytes();
    link = at.link();
    blocks = recipients.isEmpty() ? new PartBlocks(null) : null;
    whole.update(part.whole());
  }

  /** From where another writer can go on while no part is open. */
  private Optional<Continuation> continuation() {
    return ended
        ? Optional.empty()
        : Optional.of(
            new Continuation(
                signer.shown(), index, previous.clone(), number, offset, nanos, recipients));
  }

  /** Time of the last event that was written. */
  public long nanos() {
    return nanos;
  }

  /** Number of the next event: how many were written. */
  public long number() {
    return number;
  }

  /** Bytes of output that were written. */
  public long offset() {
    return offset;
  }

  /** Index of the part that is being written, or will be next. */
  public int index() {
    return index;
  }

  /** Whether a part is begun and not finished. */
  public boolean isOpen() {
    return open;
  }

  /** Whether the recording has its end: nothing may follow, but the seal of an open part. */
  public boolean isEnded() {
    return ended;
  }

  /**
   * Writes all of {@code events}, which are numbered thereby. If it fails, {@link #number} and
   * {@link #offset} tell what was written; the rest is not.
   */
  public void write(EventBuffer events) throws IOException {
    write(events, false);
  }

  /** The same for a few events that end the recording: they go into the open part, full or not. */
  public void writeLast(EventBuffer events) throws IOException {
    if (events.size() > MOST_LAST) {
      throw new IllegalArgumentException(events.size() + " bytes of last events");
    }
    write(events, true);
  }

  private void write(EventBuffer events, boolean last) throws IOException {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      int from = 0;
      while (from < events.size()) {
        Numbered block = PartBlocks.number(events, from, number, FULL_BLOCK);
        if (open && (blocks == null || (!last && isFull()))) {
          sink.prepare(index + 1);
          finish();
        }
        PartBlocks into = blocks;
        if (!open || into == null) {
          into = begin(block.first(), events, from);
        }
        append(into.make(deflater, events, from, block), block.end() - from);
        number += block.count();
        nanos = block.last();
        offset += block.output();
        ended |= block.ends().isPresent();
        from = block.end();
      }
    } finally {
      deflater.end();
    }
  }

  private boolean isFull() {
    return partBytes >= FULL_PART || partEvents >= FULL_PART_EVENTS;
  }

  private PartBlocks begin(long first, EventBuffer events, int from) throws IOException {
    byte[] key = PartCipher.newKey();
    Envelope envelope =
        recipients.isEmpty()
            ? null
            : Envelope.seal(recipients, recording, index, key, label(events, from));
    PartHead head =
        new PartHead(recording, index, previous, number, first, offset, signer.shown(), envelope);
    byte[] bytes = head.signedBy(signer);
    if (index == 0) {
      sink.prepare(0);
    }
    sink.write(index, bytes, 0, bytes.length);
    PartBlocks made = new PartBlocks(envelope == null ? null : new PartCipher(key));
    open = true;
    blocks = made;
    partBytes = bytes.length;
    partEvents = 0;
    link = hash.digest(bytes);
    whole.reset();
    whole.update(bytes);
    return made;
  }

  /** What part 0 says of itself to those who can't read it. */
  private Json.Members label(EventBuffer events, int from) {
    if (index > 0) {
      return Json.members();
    }
    try {
      ByteBuffer first = ByteBuffer.wrap(events.array(), from, events.size() - from);
      return EventReader.next(first).content() instanceof Event.Start(var about)
          ? Envelope.label(about)
          : Json.members();
    } catch (MalformedPartException e) {
      throw new IllegalStateException("what was just made can be read", e);
    }
  }

  /** Links the block, which has room for that, and writes it. */
  private void append(byte[] block, int raw) throws IOException {
    int end = block.length - HASH;
    hash.update(link);
    hash.update(block, 0, end);
    byte[] next = hash.digest();
    System.arraycopy(next, 0, block, end, HASH);
    sink.write(index, block, 0, block.length);
    link = next;
    whole.update(block);
    partBytes += block.length;
    partEvents += raw;
  }

  /** Seals the open part and hands it over; nothing if none is open. */
  public void finish() throws IOException {
    if (!open) {
      return;
    }
    byte[] seal =
        ByteBuffer.allocate(RecordingFormat.SEAL)
            .put(KIND_SEAL)
            .put(signer.sign(RecordingFormat.sealSigned(), link))
            .array();
    sink.write(index, seal, 0, seal.length);
    whole.update(seal);
    open = false;
    blocks = null;
    System.arraycopy(whole.digest(), 0, previous, 0, HASH);
    int finished = index++;
    sink.finish(finished, continuation());
  }
}
