package dev.holdfast.cli;

import dev.holdfast.auth.Recorded;
import dev.holdfast.auth.RemoteParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A recording at the auth service of a cluster. What was fetched is kept, as far as it is not much,
 * for whoever goes back in it. Confined to one thread.
 */
final class ClusterRecording implements RecordingPlace, FollowedRecording.Coming {
  /** Bytes of parts that are kept: a part of the memory that there is, which others need too. */
  private static final long MOST_KEPT = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8);

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final String id;
  private final RemoteParts parts;
  private final List<ReadingKey> keys;
  private final Map<Integer, byte[]> kept = new LinkedHashMap<>();
  private long bytes;
  private Recorded known;

  private ClusterRecording(String id, RemoteParts parts, List<ReadingKey> keys, Recorded known) {
    this.id = id;
    this.parts = parts;
    this.keys = List.copyOf(keys);
    this.known = known;
  }

  /** The one of that name; fails with a sentence if there is none that the person may see. */
  static ClusterRecording find(String id, RemoteParts parts, List<ReadingKey> keys)
      throws IOException {
    return new ClusterRecording(id, parts, keys, parts.show(id));
  }

  @Override
  public String name() {
    return id;
  }

  @Override
  public Verification read(Consumer<Event> sink) throws IOException {
    Verifier verifier = new Verifier(keys, sink);
    for (int index : parts.parts(id)) {
      byte[] part =
          fetch(index).orElseThrow(() -> new IOException("Part %d is gone.".formatted(index)));
      verifier.add("part " + index, index, part);
    }
    return verifier.finish();
  }

  private Optional<byte[]> fetch(int index) throws IOException {
    byte[] there = kept.get(index);
    if (there != null) {
      return Optional.of(there);
    }
    Optional<byte[]> part = parts.get(id, index);
    if (part.isPresent() && bytes + part.get().length <= MOST_KEPT) {
      kept.put(index, part.get());
      bytes += part.get().length;
    }
    return part;
  }

  // ---- while it goes on ----

  @Override
  public Optional<byte[]> part(int index) throws IOException {
    if (index >= known.parts()) {
      known = parts.show(id);
    }
    return index < known.parts() ? fetch(index) : Optional.empty();
  }

  @Override
  public boolean mayCome(int index) {
    return known.state() == Recorded.State.OPEN || index < known.parts();
  }

  @Override
  public Duration look() {
    return LOOK;
  }
}
