package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.RoleOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What goes in and out of the API for sessions that go on, and for what is counted of them. */
public final class SessionRecords {
  private SessionRecords() {}

  /**
   * Sessions that are asked for, the latest first.
   *
   * @param node its name or id
   * @param most how many; 100 if it is not said
   * @param before a session: only those that began before it, to go on with a list
   */
  public record SessionQuery(
      Optional<String> user,
      Optional<String> node,
      Optional<Integer> most,
      Optional<String> before) {
    /** Sessions that are asked for at a time; more might not fit into an answer. */
    public static final int MOST = 500;

    private static final int USUAL = 100;

    public SessionQuery {
      if (most.filter(it -> it < 1 || it > MOST).isPresent()) {
        throw new InvalidRecordException("1 to " + MOST + " sessions are asked for at a time.");
      }
    }

    int limit() {
      return most.orElse(USUAL);
    }

    /** The same of one user. */
    SessionQuery of(String one) {
      return new SessionQuery(Optional.of(one), node, most, before);
    }
  }

  /**
   * A session of which nobody has told that it ended.
   *
   * @param session as audit events call it
   * @param machine its node, by its id
   * @param node the same, as people call it
   * @param user of the cluster
   * @param login the account
   * @param from the address that the client came from
   * @param kind shell, exec or subsystem
   * @param command or the subsystem's name; its beginning, if it is long; empty for a shell
   * @param recording that is being made of it, as soon as there is a part of it
   * @param ending whether somebody has had it ended, and its node has not done so yet
   */
  public record LiveSession(
      String session,
      String machine,
      String node,
      String user,
      String login,
      String from,
      String kind,
      String command,
      Instant started,
      Optional<String> recording,
      boolean ending) {
    /** Characters of a command. */
    static final int MOST_COMMAND = 200;
  }

  /**
   * Live sessions that somebody wants to join.
   *
   * @param session this one alone
   * @param user whose
   * @param node its name or id
   */
  public record JoinQuery(Optional<String> session, Optional<String> user, Optional<String> node) {
    /** Sessions of one answer. */
    public static final int MOST = 500;
  }

  /**
   * A live session with a terminal, that somebody may join.
   *
   * @param may what he may do there
   */
  public record JoinableSession(
      String session,
      String node,
      String user,
      String login,
      String from,
      String kind,
      String command,
      Instant started,
      RoleOptions.Joining may) {
    static JoinableSession of(LiveSession it, RoleOptions.Joining may) {
      return new JoinableSession(
          it.session, it.node, it.user, it.login, it.from, it.kind, it.command, it.started, may);
    }
  }

  /**
   * A time of which it is asked how many sessions began.
   *
   * @param step the spans that are counted in
   */
  public record HistoryQuery(Instant from, Instant to, Duration step) {
    /** Spans of one answer. */
    public static final int MOST = 400;

    public HistoryQuery {
      boolean counts = step.toMillis() > 0 && from.isBefore(to);
      if (!counts || Duration.between(from, to).toMillis() / step.toMillis() >= MOST) {
        throw new InvalidRecordException(
            "A time is asked for in steps of at least a millisecond, fewer than " + MOST + ".");
      }
    }
  }

  /** How many sessions began in a span; spans in which none did are left out. */
  public record Begun(Instant from, long sessions) {}

  /** How many connections a user has, of those that his roles allow. */
  public record LimitUse(String user, int used, int max) {}
}
