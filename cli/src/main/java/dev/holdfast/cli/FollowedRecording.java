package dev.holdfast.cli;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Player;
import dev.holdfast.recording.Player.Wish;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A recording of which more parts come into its directory, until its end. */
final class FollowedRecording implements Player.Source {
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Path directory;
  private final Queue<Wish> wishes;
  private Verifier verifier = new Verifier();
  private boolean ended;

  /** The one in {@code directory}; it is left when a wish to quit comes. */
  FollowedRecording(Path directory, Queue<Wish> wishes) {
    this.directory = directory;
    this.wishes = wishes;
  }

  @Override
  public void read(Consumer<Event> sink) throws IOException {
    ended = false;
    verifier =
        new Verifier(event -> {
          ended |= event.content() instanceof Event.End;
          sink.accept(event);
        });
    int next = 0;
    while (!ended && !wishes.contains(new Wish.Quit())) {
      Path part = directory.resolve(DirectoryParts.fileName(next));
      if (Files.exists(part)) {
        verifier.add("part " + next, next, Files.readAllBytes(part));
        next++;
      } else {
        LockSupport.parkNanos(LOOK.toNanos());
      }
    }
  }

  /** What was found out when it was read last. */
  Verification verification() {
    return verifier.finish();
  }
}
