package dev.holdfast.forward;

import java.time.Duration;
import java.util.Optional;

/** A way from one end to the other, until it is closed; an edge of {@link Forwarder}. */
sealed interface Forward extends AutoCloseable permits LocalForward, RemoteForward {
  /** A connection may wait so long for a server before it is told that there is none. */
  Duration PATIENCE = Duration.ofSeconds(20);

  Server server();

  /** What distinguishes it among those of its server. */
  String text();

  /** How it stands now. */
  ForwardStatus status(long id);

  /** Where the last connection led, for what is known of the app. */
  Optional<FarAddress> app();

  /** Listens no more, and ends what is connected. */
  @Override
  void close();
}
