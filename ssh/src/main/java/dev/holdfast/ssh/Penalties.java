package dev.holdfast.ssh;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.session.helpers.SessionHelper;
import org.apache.sshd.common.session.helpers.TimeoutIndicator.TimeoutStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources of connections that are refused for a while, because others from there did not log in
 * (sshd_config(5), PerSourcePenalties). What adds up to little is not refused yet; connections that
 * are there go on. Thread-safe.
 */
final class Penalties {
  private static final Logger log = LoggerFactory.getLogger(Penalties.class);

  private final PenaltyRules rules;
  private final ServerSettings settings;
  private final LongSupplier nanoTime;
  private final Table four;
  private final Table six;

  Penalties(ServerSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    rules = settings.get(ServerOption.PER_SOURCE_PENALTIES);
    four = new Table(rules.sources(), rules.denyAll());
    six = new Table(rules.sourcesSix(), rules.denyAllSix());
  }

  /** What a connection is punished for. */
  enum Offence {
    AUTH_FAILED("attempts to log in failed"),
    NO_AUTH("nobody tried to log in"),
    GRACE_EXCEEDED("logging in took too long");

    private final String words;

    Offence(String words) {
      this.words = words;
    }
  }

  /** Punishes the sources of connections that end without a login. */
  SessionListener reporter() {
    return new SessionListener() {
      @Override
      public void sessionClosed(Session session) {
        if (session.getAttribute(UserAuthentication.LOGIN) == null) {
          Attempts attempts = session.getAttribute(Attempts.OF);
          SocketAddress from = session.getIoSession().getRemoteAddress();
          if (isTooLate(session)) {
            punish(from, Offence.GRACE_EXCEEDED);
          } else {
            boolean tried = attempts != null && attempts.failures() > 0;
            punish(from, tried ? Offence.AUTH_FAILED : Offence.NO_AUTH);
          }
        }
      }
    };
  }

  private static boolean isTooLate(Session session) {
    return session instanceof SessionHelper timed
        && timed.getTimeoutStatus().getStatus() == TimeoutStatus.AuthTimeout;
  }

  /** Whether a connection from there may begin. */
  synchronized boolean admits(SocketAddress from) {
    InetAddress address = address(from);
    if (address == null) {
      return true;
    }
    Table table = table(address);
    table.expire(nanoTime.getAsLong());
    return !table.refuses(block(address));
  }

  synchronized void punish(SocketAddress from, Offence offence) {
    InetAddress address = address(from);
    Duration time = time(offence);
    if (address == null || time.isZero()) {
      return;
    }
    Table table = table(address);
    long now = nanoTime.getAsLong();
    table.expire(now);
    Penalty before = table.take(block(address));
    long end = (before == null ? now : before.end) + time.toNanos();
    long last = now + rules.most().toNanos();
    long until = end - last > 0 ? last : end;
    boolean refused = before != null && before.refused;
    boolean refuse = refused || until - now > rules.least().toNanos();
    if (refuse && !refused) {
      log.info(
          "Connections from {} are refused for {} s: {}.",
          AddressPattern.text(address),
          Duration.ofNanos(until - now).toSeconds(),
          offence.words);
    }
    table.put(new Penalty(block(address), until, refuse));
  }

  private Duration time(Offence offence) {
    return switch (offence) {
      case AUTH_FAILED -> rules.authFail();
      case NO_AUTH -> rules.noAuth();
      case GRACE_EXCEEDED -> rules.graceExceeded();
    };
  }

  /** Null for who is never punished: exempt, or not here by a network. */
  private @Nullable InetAddress address(SocketAddress from) {
    if (!rules.enabled() || !(from instanceof InetSocketAddress inet) || inet.isUnresolved()) {
      return null;
    }
    InetAddress address = inet.getAddress();
    return settings
            .get(ServerOption.PER_SOURCE_PENALTY_EXEMPT_LIST)
            .filter(list -> AddressPattern.isInNetworks(list, address))
            .isPresent()
        ? null
        : address;
  }

  private Table table(InetAddress address) {
    return address.getAddress().length == 4 ? four : six;
  }

  private String block(InetAddress address) {
    return settings.get(ServerOption.PER_SOURCE_NET_BLOCK_SIZE).of(address);
  }

  /**
   * One source's penalty.
   *
   * @param end by {@link System#nanoTime}
   * @param refused whether it is large enough to count
   */
  private record Penalty(String block, long end, boolean refused) {}

  /** Penalties of one kind of address. */
  private static final class Table {
    private static final Comparator<Penalty> FIRST_TO_END =
        (one, other) ->
            one.end == other.end
                ? one.block.compareTo(other.block)
                : one.end - other.end < 0 ? -1 : 1;

    private final int most;
    private final boolean denyAll;
    private final Map<String, Penalty> byBlock = new HashMap<>();
    private final TreeSet<Penalty> byEnd = new TreeSet<>(FIRST_TO_END);

    Table(int most, boolean denyAll) {
      this.most = most;
      this.denyAll = denyAll;
    }

    boolean refuses(String block) {
      Penalty penalty = byBlock.get(block);
      return (denyAll && byBlock.size() >= most) || (penalty != null && penalty.refused);
    }

    void expire(long now) {
      while (!byEnd.isEmpty() && byEnd.getFirst().end - now <= 0) {
        take(byEnd.getFirst().block);
      }
    }

    @Nullable Penalty take(String block) {
      Penalty penalty = byBlock.remove(block);
      if (penalty != null) {
        byEnd.remove(penalty);
      }
      return penalty;
    }

    /** If there are too many, the one that ends first makes room, or all are refused anyway. */
    void put(Penalty penalty) {
      if (byBlock.size() >= most) {
        if (denyAll) {
          return;
        }
        take(byEnd.getFirst().block);
      }
      byBlock.put(penalty.block, penalty);
      byEnd.add(penalty);
    }
  }
}
