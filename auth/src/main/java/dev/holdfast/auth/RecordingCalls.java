package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.RecordingRecords.Beginning;
import dev.holdfast.auth.RecordingRecords.Chunk;
import dev.holdfast.auth.RecordingRecords.GoingOn;
import dev.holdfast.auth.RecordingRecords.Hold;
import dev.holdfast.auth.RecordingRecords.Numbers;
import dev.holdfast.auth.RecordingRecords.Taken;
import dev.holdfast.auth.RecordingRecords.Wanted;
import dev.holdfast.recording.PartStore.Subject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The calls for recordings. A part comes and goes in pieces; those of one that is not there whole
 * wait in memory, within bounds. Thread-safe.
 */
final class RecordingCalls {
  /** Bytes of parts that are not there whole; who begins one more is the last to be dropped. */
  static final long MOST_WAITING = 64L << 20;

  /** Parts that were read last and are kept for their other pieces. */
  static final int MOST_READ = 4;

  private final Recordings recordings;

  /** By the node and the part, the latest last. Guarded by itself. */
  private final Map<Key, Waiting> waiting = new LinkedHashMap<>();

  /** Guarded by itself. */
  private final Map<Key, byte[]> read =
      new LinkedHashMap<>(MOST_READ, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
          return size() > MOST_READ;
        }
      };

  private record Key(String node, String recording, int number) {}

  private static final class Waiting {
    final byte[] bytes;
    int taken;

    Waiting(int bytes) {
      this.bytes = new byte[bytes];
    }
  }

  RecordingCalls(Recordings recordings) {
    this.recordings = recordings;
  }

  Object call(Caller caller, ApiMethod method, Record params, ApiSession session)
      throws IOException {
    switch (params) {
      case Beginning it ->
          recordings.begin(
              machine(caller),
              it.recording(),
              new Subject(it.user(), it.login(), it.session(), it.started(), it.node().orElse("")));
      case Chunk it -> {
        return take(machine(caller), it);
      }
      case GoingOn it -> recordings.touch(machine(caller), it.recordings());
      case RecordingQuery it -> {
        return recordings.list(Reader.of(caller), it);
      }
      case Wanted it -> {
        return give(caller, it, session);
      }
      case Hold it -> recordings.hold(caller.name(), it.recording(), it.reason());
      case Named(String id) -> {
        return named(caller, method, id);
      }
      default -> throw new IllegalArgumentException("no call for recordings: " + method);
    }
    return ApiCalls.done();
  }

  private Object named(Caller caller, ApiMethod method, String id) throws IOException {
    switch (method) {
      case RECORDING_COMPLETE -> recordings.complete(machine(caller), id);
      case RECORDING_PARTS -> {
        return new Numbers(
            caller instanceof Caller.Machine(NodeRecord node)
                ? recordings.ownParts(node, id)
                : recordings.parts(Reader.of(caller), id));
      }
      case RECORDING_SHOW -> {
        return recordings.show(Reader.of(caller), id);
      }
      case RECORDING_DELETE -> recordings.delete(caller.name(), id);
      case RECORDING_RELEASE -> recordings.release(caller.name(), id);
      default -> throw new IllegalArgumentException("no call for recordings: " + method);
    }
    return ApiCalls.done();
  }

  private static NodeRecord machine(Caller caller) {
    return ((Caller.Machine) caller).machine();
  }

  // ---- putting ----

  private Taken take(NodeRecord node, Chunk chunk) throws IOException {
    byte[] data = data(chunk);
    if (chunk.offset() == 0 && data.length == chunk.bytes()) {
      recordings.put(node, chunk.recording(), chunk.number(), data);
      return new Taken(data.length, true);
    }
    Recordings.checkId(chunk.recording());
    Key key = new Key(node.id(), chunk.recording(), chunk.number());
    byte[] whole = add(key, chunk, data);
    int taken = chunk.offset() + data.length;
    if (whole.length == 0) {
      return new Taken(taken, false);
    }
    recordings.put(node, chunk.recording(), chunk.number(), whole);
    return new Taken(taken, true);
  }

  private static byte[] data(Chunk chunk) {
    byte[] data;
    try {
      data = Base64.getDecoder().decode(chunk.data());
    } catch (IllegalArgumentException e) {
      throw new InvalidRecordException("The bytes of a part are in base64.");
    }
    if (chunk.bytes() < 0
        || chunk.bytes() > RecordingStore.MOST_PART
        || chunk.offset() < 0
        || data.length > RecordingRecords.MOST_CHUNK
        || data.length > chunk.bytes() - chunk.offset()
        || (data.length == 0 && chunk.bytes() > 0)) {
      throw new InvalidRecordException(
          "A part has at most %d bytes, and comes in pieces of at most %d."
              .formatted(RecordingStore.MOST_PART, RecordingRecords.MOST_CHUNK));
    }
    return data;
  }

  /** The whole part once it is there; until then nothing. */
  private byte[] add(Key key, Chunk chunk, byte[] data) {
    synchronized (waiting) {
      if (chunk.offset() == 0) {
        waiting.remove(key);
        makeRoom(chunk.bytes());
        waiting.put(key, new Waiting(chunk.bytes()));
      }
      Waiting part = waiting.get(key);
      if (part == null || part.taken != chunk.offset() || part.bytes.length != chunk.bytes()) {
        waiting.remove(key);
        throw new InvalidRecordException(
            "The piece of a part does not follow the one before; begin with the first again.");
      }
      System.arraycopy(data, 0, part.bytes, part.taken, data.length);
      part.taken += data.length;
      if (part.taken < part.bytes.length) {
        return new byte[0];
      }
      waiting.remove(key);
      return part.bytes;
    }
  }

  /** Those that were begun first go: nodes that went away left them, or they begin again. */
  private void makeRoom(int bytes) {
    long sum = bytes + waiting.values().stream().mapToLong(it -> it.bytes.length).sum();
    var oldest = waiting.values().iterator();
    while (sum > MOST_WAITING && oldest.hasNext()) {
      sum -= oldest.next().bytes.length;
      oldest.remove();
    }
  }

  /** Bytes that wait, for tests. */
  long waitingBytes() {
    synchronized (waiting) {
      return waiting.values().stream().mapToLong(it -> it.bytes.length).sum();
    }
  }

  // ---- getting ----

  /** The first piece that a caller reads of a recording is noted, before he has it. */
  private Chunk give(Caller caller, Wanted wanted, ApiSession session) throws IOException {
    String id = wanted.recording();
    Reader reader = Reader.of(caller);
    recordings.show(reader, id);
    if (!session.hasRead(id)) {
      recordings.noteReading(reader.name(), id);
      session.reads(id);
    }
    byte[] part = part(new Key("", id, wanted.number()), wanted.offset() > 0);
    if (wanted.offset() < 0 || wanted.offset() > part.length) {
      throw new InvalidRecordException("The part has %d bytes.".formatted(part.length));
    }
    int end = Math.min(part.length, wanted.offset() + RecordingRecords.MOST_CHUNK);
    byte[] piece = Arrays.copyOfRange(part, wanted.offset(), end);
    return new Chunk(
        id,
        wanted.number(),
        wanted.offset(),
        part.length,
        Base64.getEncoder().encodeToString(piece));
  }

  private byte[] part(Key key, boolean maybeKept) throws IOException {
    synchronized (read) {
      byte[] kept = read.get(key);
      if (maybeKept && kept != null) {
        return kept;
      }
    }
    byte[] part =
        recordings
            .get(key.recording(), key.number())
            .orElseThrow(() ->
                new ApiFailure(
                    ApiFailure.Code.NOT_FOUND,
                    "The recording %s has no part %d.".formatted(key.recording(), key.number())));
    if (part.length > RecordingRecords.MOST_CHUNK) {
      synchronized (read) {
        read.put(key, part);
      }
    }
    return part;
  }
}
