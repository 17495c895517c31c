package dev.holdfast.ssh;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The connections on which nobody has logged in yet, and whether there may be one more
 * (sshd_config(5), MaxStartups and PerSourceMaxStartups). Thread-safe.
 */
final class Startups {
  private final ServerSettings settings;
  private final RandomGenerator random;
  private final Map<StreamIoSession, String> present = new HashMap<>();
  private final Map<String, Integer> bySource = new HashMap<>();

  Startups(ServerSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /** Whether one from {@code from} may begin. */
  synchronized boolean admits(SocketAddress from) {
    int most = settings.get(ServerOption.PER_SOURCE_MAX_STARTUPS);
    boolean crowded = most > 0 && bySource.getOrDefault(source(from), 0) >= most;
    StartupLimit limit = settings.get(ServerOption.MAX_STARTUPS);
    return !crowded && !limit.refuses(present.size(), random.nextInt(100));
  }

  synchronized void begun(StreamIoSession session) {
    String source = source(session.getRemoteAddress());
    if (present.putIfAbsent(session, source) == null) {
      bySource.merge(source, 1, Integer::sum);
    }
  }

  /** Somebody has logged in, or it has ended. */
  synchronized void over(StreamIoSession session) {
    String source = present.remove(session);
    if (source != null) {
      bySource.computeIfPresent(source, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Connections that are logging in. */
  synchronized int count() {
    return present.size();
  }

  /** Those that came by no network are one source. */
  private String source(SocketAddress from) {
    return from instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? settings.get(ServerOption.PER_SOURCE_NET_BLOCK_SIZE).of(inet.getAddress())
        : "";
  }
}
