package dev.holdfast.recording;

import static dev.holdfast.recording.RecordingFormat.BLOCK_HEAD;
import static dev.holdfast.recording.RecordingFormat.HASH;
import static dev.holdfast.recording.RecordingFormat.KIND_DEFLATED;
import static dev.holdfast.recording.RecordingFormat.KIND_SEAL;
import static dev.holdfast.recording.RecordingFormat.KIND_STORED;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.Deflater;

/**
 * Makes the parts of one recording out of events: blocks that are compressed and chained by their
 * hashes, each part begun by a signed head and ended by a seal. Caller locks.
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
      FULL_PART + RecordingFormat.MOST_BLOCK + 2 * MOST_LAST + 1024;

  private final String recording;
  private final Signer signer;
  private final Sink sink;
  private final MessageDigest hash = RecordingFormat.hash();

  /** Over all bytes of the open part. */
  private final MessageDigest whole = RecordingFormat.hash();

  private final byte[] previous = new byte[HASH];
  private byte[] link = new byte[HASH];
  private int index;
  private boolean open;
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

    /** Part {@code index} is whole; {@code next} is where another writer could go on. */
    void finish(int index, Continuation next) throws IOException;
  }

  /** A new recording. */
  public RecordingWriter(String recording, Signer signer, Sink sink) {
    this.recording = RecordingFormat.check(recording, 0);
    this.signer = signer;
    this.sink = sink;
  }

  /** Goes on with the part that comes next where {@code from} was taken. */
  public RecordingWriter(String recording, Signer signer, Sink sink, Continuation from) {
    this(recording, signer, sink);
    index = from.index();
    System.arraycopy(from.previous(), 0, previous, 0, HASH);
    number = from.number();
    offset = from.offset();
    nanos = from.nanos();
  }

  /**
   * Goes on with an open part of which the sink has exactly the bytes of {@link TornPart#whole}.
   */
  public RecordingWriter(String recording, Signer signer, Sink sink, TornPart part) {
    this(recording, signer, sink);
    PartReader.Position at = part.position();
    index = part.index();
    open = true;
    number = at.number();
    offset = at.offset();
    nanos = at.nanos();
    partBytes = at.bytes();
    link = at.link();
    whole.update(part.whole());
  }

  /** From where another writer can go on while no part is open. */
  private Continuation continuation() {
    return new Continuation(signer.shown(), index, previous.clone(), number, offset, nanos);
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
        Numbered block = number(events, from);
        if (!last && open && isFull()) {
          sink.prepare(index + 1);
          finish();
        }
        if (!open) {
          begin(block.first);
        }
        append(deflater, events.array(), from, block.end);
        number += block.count;
        nanos = block.last;
        offset += block.output;
        from = block.end;
      }
    } finally {
      deflater.end();
    }
  }

  private boolean isFull() {
    return partBytes >= FULL_PART || partEvents >= FULL_PART_EVENTS;
  }

  /** Events of one block: up to where, how many, the times of two, and bytes of output. */
  private record Numbered(int end, int count, long first, long last, long output) {}

  private Numbered number(EventBuffer events, int from) {
    ByteBuffer bytes = ByteBuffer.wrap(events.array(), 0, events.size());
    long first = bytes.getLong(from + 12);
    long last = first;
    int count = 0;
    long output = 0;
    int at = from;
    while (at < events.size() && at - from < FULL_BLOCK) {
      int length = bytes.getInt(at);
      bytes.putLong(at + 4, number + count);
      if (bytes.get(at + 20) == EventBuffer.KIND_OUTPUT) {
        output += length - (EventBuffer.HEAD - 4) - 1;
      }
      last = bytes.getLong(at + 12);
      count++;
      at += 4 + length;
    }
    return new Numbered(at, count, first, last, output);
  }

  private void begin(long first) throws IOException {
    PartHead head = new PartHead(recording, index, previous, number, first, offset, signer.shown());
    byte[] bytes = head.signedBy(signer);
    if (index == 0) {
      sink.prepare(0);
    }
    sink.write(index, bytes, 0, bytes.length);
    open = true;
    partBytes = bytes.length;
    partEvents = 0;
    link = hash.digest(bytes);
    whole.reset();
    whole.update(bytes);
  }

  private void append(Deflater deflater, byte[] events, int from, int to) throws IOException {
    int raw = to - from;
    byte[] block = new byte[BLOCK_HEAD + raw + HASH];
    deflater.reset();
    deflater.setInput(events, from, raw);
    deflater.finish();
    int payload = deflater.deflate(block, BLOCK_HEAD, raw);
    byte kind = KIND_DEFLATED;
    if (!deflater.finished()) {
      System.arraycopy(events, from, block, BLOCK_HEAD, raw);
      payload = raw;
      kind = KIND_STORED;
    }
    ByteBuffer.wrap(block).put(kind).putInt(payload).putInt(raw);
    int end = BLOCK_HEAD + payload;
    hash.update(link);
    hash.update(block, 0, end);
    byte[] next = hash.digest();
    System.arraycopy(next, 0, block, end, HASH);
    sink.write(index, block, 0, end + HASH);
    link = next;
    whole.update(block, 0, end + HASH);
    partBytes += end + HASH;
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
    System.arraycopy(whole.digest(), 0, previous, 0, HASH);
    int finished = index++;
    sink.finish(finished, continuation());
  }
}
