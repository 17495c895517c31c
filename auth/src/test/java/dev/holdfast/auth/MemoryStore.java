package dev.holdfast.auth;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store in memory, which fails if it is told to. */
final class MemoryStore implements RecordingStore {
  private final Map<String, TreeMap<Integer, byte[]>> recordings = new ConcurrentSkipListMap<>();
  final List<String> composed = new CopyOnWriteArrayList<>();
  volatile boolean fails;

  @Override
  public synchronized void put(String recording, int index, byte[] part) throws IOException {
    if (fails) {
      throw new IOException("The store is away.");
    }
    byte[] before =
        recordings.computeIfAbsent(recording, it -> new TreeMap<>()).putIfAbsent(index, part);
    if (before != null && !Arrays.equals(before, part)) {
      throw new IOException("another part");
    }
  }

  @Override
  public synchronized Optional<byte[]> get(String recording, int index) {
    return Optional.ofNullable(recordings.getOrDefault(recording, new TreeMap<>()).get(index));
  }

  @Override
  public synchronized List<Integer> parts(String recording) {
    return List.copyOf(recordings.getOrDefault(recording, new TreeMap<>()).keySet());
  }

  @Override
  public List<String> recordings() {
    return List.copyOf(recordings.keySet());
  }

  @Override
  public void delete(String recording) {
    recordings.remove(recording);
  }

  @Override
  public void compose(String recording) {
    composed.add(recording);
  }

  @Override
  public String place() {
    return "memory";
  }

  @Override
  public void close() {}
}
