package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.JoinableSession;
import dev.holdfast.auth.SessionRecords.LiveSession;
import dev.holdfast.auth.SessionRecords.SessionQuery;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Live sessions with a terminal that somebody may join: those of accounts that he may log in to on
 * their nodes, if his roles let him join any. It is a list for people; what counts is what the node
 * decides. Thread-safe.
 */
final class JoinableSessions {
  /** Live sessions that are looked at, the latest first. */
  static final int MOST_LOOKED_AT = 10_000;

  /** How the command begins by which a node is asked; who joins has no session of his own. */
  private static final String JOINING = "holdfast-join ";

  private final Database database;

  JoinableSessions(Database database) {
    this.database = database;
  }

  List<JoinableSession> list(Caller caller, JoinQuery query) throws IOException {
    if (!(caller instanceof Caller.Person(RoleSet who, _, _))) {
      throw new IllegalArgumentException("a call of users: " + caller);
    }
    Joining may = who.options().joining();
    if (may == Joining.NO) {
      throw new InvalidRecordException(
          "Your roles do not let you join sessions of others; ask an administrator for one with"
              + " 'join_sessions'.");
    }
    return database.transact(tx -> {
      Map<String, Labels> nodes =
          MachineTable.all(tx, ServiceKind.NODE).stream()
              .collect(Collectors.toMap(NodeRecord::id, NodeRecord::labels));
      return found(tx, query).stream()
          .filter(it -> isOffered(it, who, nodes))
          .limit(JoinQuery.MOST)
          .map(it -> JoinableSession.of(it, may))
          .toList();
    });
  }

  private static boolean isOffered(LiveSession it, RoleSet who, Map<String, Labels> nodes) {
    Labels labels = nodes.get(it.machine());
    return labels != null
        && !it.user().isEmpty()
        && !it.kind().equals("subsystem")
        && !it.command().startsWith(JOINING)
        && who.allows(it.login(), labels);
  }

  private static List<LiveSession> found(Tx tx, JoinQuery query) throws SQLException {
    if (query.session().isPresent()) {
      return LiveSessions.findWithTerminal(tx, query.session().get()).stream()
          .filter(it -> query.user().filter(user -> !user.equals(it.user())).isEmpty())
          .toList();
    }
    List<LiveSession> all = new ArrayList<>();
    Optional<String> before = Optional.empty();
    while (all.size() < MOST_LOOKED_AT) {
      SessionQuery page =
          new SessionQuery(query.user(), query.node(), Optional.of(SessionQuery.MOST), before);
      List<LiveSession> some = LiveSessions.withTerminal(tx, page);
      all.addAll(some);
      if (some.size() < SessionQuery.MOST) {
        return all;
      }
      before = Optional.of(some.getLast().session());
    }
    return all;
  }
}
