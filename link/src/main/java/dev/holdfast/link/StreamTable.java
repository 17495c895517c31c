package dev.holdfast.link;

import dev.holdfast.stream.StreamId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams that a gate keeps, and the names under which their clients ask for them. Thread-safe.
 */
final class StreamTable {
  private final Map<StreamId, GateStream> streams = new ConcurrentHashMap<>();
  private final Map<GateStream, List<StreamId>> names = new ConcurrentHashMap<>();

  /** The stream of that name. */
  @Nullable GateStream find(StreamId id) {
    return streams.get(id);
  }

  /** The names under which hellos of this stream come have changed. */
  void rename(GateStream stream) {
    List<StreamId> now = stream.known().ids();
    List<StreamId> before = names.put(stream, now);
    now.forEach(id -> streams.put(id, stream));
    if (before != null) {
      before.stream().filter(id -> !now.contains(id)).forEach(streams::remove);
    }
  }

  /** The stream is of no more interest to anybody. */
  void forget(GateStream stream) {
    List<StreamId> ids = names.remove(stream);
    if (ids != null) {
      ids.forEach(streams::remove);
    }
  }

  /** All streams. */
  Set<GateStream> all() {
    return names.keySet();
  }

  /** How many streams there are. */
  int size() {
    return names.size();
  }

  /** How many streams live: those that are over are kept a little for the sake of late clients. */
  int living() {
    return (int) all().stream().filter(stream -> !stream.isOver()).count();
  }

  /** How many of them wait for their client. */
  long detached() {
    return all().stream().filter(stream -> !stream.isOver() && stream.detachedAt() >= 0).count();
  }

  /** The one that has waited longest for its client. */
  Optional<GateStream> oldestDetached() {
    return all().stream()
        .filter(stream -> stream.detachedAt() >= 0 && !stream.stream().isOver())
        .min(Comparator.comparingLong(GateStream::detachedAt));
  }
}
