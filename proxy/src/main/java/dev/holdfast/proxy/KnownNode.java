package dev.holdfast.proxy;

import dev.holdfast.link.Destination;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A node as its cluster knows it.
 *
 * @param name by which it is routed to; lower case
 * @param labels its properties, such as env=prod
 * @param address where it can be dialled without a tunnel, if it can be
 * @param seen when it was last heard of, if it ever was
 */
public record KnownNode(
    String name,
    Map<String, String> labels,
    Optional<Destination> address,
    Optional<Instant> seen) {
  public KnownNode {
    labels = Map.copyOf(labels);
  }
}
