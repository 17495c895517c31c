package dev.holdfast.recording;

import dev.holdfast.recording.PartReader.Tail;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells a store that keeps a list of recordings whose each is and when it has ended, by what stands
 * in the parts that are put, or in the label of those that it can't read. Thread-safe.
 */
public final class ListedParts implements PartStore {
  private final PartStore store;

  /** Puts into {@code store}. */
  public ListedParts(PartStore store) {
    this.store = store;
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    AtomicReference<@Nullable About> start = new AtomicReference<>();
    AtomicBoolean ended = new AtomicBoolean();
    try {
      PartReader reader = PartReader.of(part, 0);
      Tail tail =
          reader.readAll(
              event -> {
                switch (event.content()) {
                  case Event.Start(var about) -> start.set(new About(about));
                  case Event.End _ -> ended.set(true);
                  default -> {}
                }
              },
              note -> ended.set(note.ends().isPresent()));
      Envelope envelope = reader.head().envelope();
      if (envelope != null && index == 0) {
        start.set(new About(envelope.label()));
      }
      if (!(tail instanceof Tail.Sealed)) {
        throw new IOException("Part %d of recording %s is not whole.".formatted(index, recording));
      }
    } catch (MalformedPartException e) {
      throw new IOException("Part %d of recording %s is none.".formatted(index, recording), e);
    }
    About about = start.get();
    if (about != null) {
      store.begin(recording, subject(about));
    }
    store.put(recording, index, part);
    if (ended.get()) {
      store.complete(recording);
    }
  }

  private static Subject subject(About about) {
    return new Subject(
        about.text("user"),
        about.text("login"),
        about.text("connection"),
        about.time().orElse(Instant.EPOCH),
        about.text("node"));
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    return store.get(recording, index);
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    return store.parts(recording);
  }

  @Override
  public List<String> recordings() throws IOException {
    return store.recordings();
  }

  @Override
  public void delete(String recording) throws IOException {
    store.delete(recording);
  }
}
