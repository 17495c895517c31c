package dev.holdfast.link;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The process from which this one took its listeners, and which would take them back if this one
 * were gone without a word. Thread-safe.
 */
final class Predecessor {
  private static final Duration STEP = Duration.ofSeconds(2);

  private final DescriptorSocket socket;
  private boolean told;

  /** At the other end of {@code socket}, which stays open until it is told. */
  Predecessor(DescriptorSocket socket) {
    this.socket = socket;
  }

  /** It need not care for the listeners any more. */
  synchronized void letGo() {
    if (told) {
      return;
    }
    told = true;
    try (socket) {
      socket.send(new HandoverMessage.LetGo().encoded(), List.of(), STEP);
    } catch (IOException e) {
      // It has ended meanwhile, and its listeners with it.
    }
  }

  /** It has to care for the listeners again, as this process can't. */
  synchronized void giveBack() {
    if (!told) {
      told = true;
      Loop.closeQuietly(socket);
    }
  }
}
