package dev.holdfast.cli;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Player;
import dev.holdfast.recording.Player.Wish;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A recording of which more parts come, until its end. */
final class FollowedRecording implements Player.Source {
  private final Coming coming;
  private final List<ReadingKey> keys;
  private final Queue<Wish> wishes;
  private Verifier verifier = new Verifier();
  private boolean ended;

  /** Parts that come one after the other. */
  interface Coming {
    /** The part, if it is there. */
    Optional<byte[]> part(int index) throws IOException;

    /** Whether it may still come. */
    boolean mayCome(int index);

    /** Time between two looks. */
    Duration look();
  }

  /** Those that come into a directory, until one says that it was the last. */
  record Directory(Path directory) implements Coming {
    private static final Duration LOOK = Duration.ofMillis(200);

    @Override
    public Optional<byte[]> part(int index) throws IOException {
      Path part = directory.resolve(DirectoryParts.fileName(index));
      return Files.exists(part) ? Optional.of(Files.readAllBytes(part)) : Optional.empty();
    }

    @Override
    public boolean mayCome(int index) {
      return true;
    }

    @Override
    public Duration look() {
      return LOOK;
    }
  }

  /** Of those parts; it is left when a wish to quit comes. */
  FollowedRecording(Coming coming, List<ReadingKey> keys, Queue<Wish> wishes) {
    this.coming = coming;
    this.keys = List.copyOf(keys);
    this.wishes = wishes;
  }

  @Override
  public void read(Consumer<Event> sink) throws IOException {
    ended = false;
    verifier =
        new Verifier(
            keys,
            event -> {
              ended |= event.content() instanceof Event.End;
              sink.accept(event);
            });
    int next = 0;
    while (!ended && !wishes.contains(new Wish.Quit())) {
      Optional<byte[]> part = coming.part(next);
      if (part.isPresent()) {
        verifier.add("part " + next, next, part.get());
        next++;
      } else if (!coming.mayCome(next) || !verifier.isReadable()) {
        return;
      } else {
        LockSupport.parkNanos(coming.look().toNanos());
      }
    }
  }

  /** What was found out when it was read last. */
  Verification verification() {
    return verifier.finish();
  }
}
