package dev.holdfast.node;

import dev.holdfast.recording.Event;
import dev.holdfast.recording.PartStore;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** A destination of recordings in memory that works, fails or hangs, as a test says. */
final class FakeParts implements PartStore {
  private final Map<String, TreeMap<Integer, byte[]>> parts = new ConcurrentSkipListMap<>();
  private boolean fails;
  private boolean hangs;
  int puts;

  synchronized void works() {
    fails = false;
    hangs = false;
    notifyAll();
  }

  synchronized void fails() {
    fails = true;
  }

  synchronized void hangs() {
    hangs = true;
  }

  @Override
  public synchronized void put(String recording, int index, byte[] part) throws IOException {
    puts++;
    try {
      while (hangs) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    if (fails) {
      throw new IOException("the destination is away");
    }
    parts.computeIfAbsent(recording, it -> new TreeMap<>()).put(index, part);
  }

  @Override
  public synchronized Optional<byte[]> get(String recording, int index) {
    return Optional.ofNullable(parts.getOrDefault(recording, new TreeMap<>()).get(index));
  }

  @Override
  public synchronized List<Integer> parts(String recording) {
    return List.copyOf(parts.getOrDefault(recording, new TreeMap<>()).keySet());
  }

  @Override
  public synchronized List<String> recordings() {
    return List.copyOf(parts.keySet());
  }

  @Override
  public synchronized void delete(String recording) {
    parts.remove(recording);
  }

  /** The state of the only recording; empty if there is none. */
  Optional<Verification.State> state() {
    return recordings().isEmpty() ? Optional.empty() : Optional.of(read(it -> {}).state());
  }

  Verification read(Consumer<Event> sink) {
    return read(List.of(), sink);
  }

  Verification read(List<ReadingKey> keys, Consumer<Event> sink) {
    try {
      String name = recordings().getFirst();
      Verifier verifier = new Verifier(keys, sink);
      for (int index : parts(name)) {
        verifier.add("part " + index, index, get(name, index).orElseThrow());
      }
      return verifier.finish();
    } catch (RuntimeException e) {
      throw new AssertionError(e);
    }
  }

  /** What both ways of output of the only recording have, as Latin-1. */
  String output() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    read(event -> {
      if (event.content() instanceof Event.Output(_, byte[] bytes)) {
        all.writeBytes(bytes);
      }
    });
    return all.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** The events of the only recording that are of one type. */
  <T extends Event.Content> List<T> events(Class<T> type) {
    List<T> found = new java.util.ArrayList<>();
    read(event -> {
      if (type.isInstance(event.content())) {
        found.add(type.cast(event.content()));
      }
    });
    return found;
  }
}
