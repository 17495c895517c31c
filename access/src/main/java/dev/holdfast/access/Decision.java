package dev.holdfast.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is decided when a user wants to log in to a node; each is told by one sentence. */
public sealed interface Decision {
  /** Names of nodes that one sentence lists. */
  int MOST_NAMES = 8;

  /** What the user is told. */
  String sentence();

  /**
   * He may.
   *
   * @param options all his roles' options as one
   */
  record Allowed(String user, String login, NodeRecord node, RoleOptions options)
      implements Decision {
    @Override
    public String sentence() {
      return "%s may log in as %s on %s.".formatted(user, login, node.name());
    }
  }

  /** His roles don't allow it. */
  record Denied(String user, String login, String node) implements Decision {
    @Override
    public String sentence() {
      return "%s may not log in as %s on %s; ask an administrator for a role that allows it."
          .formatted(user, login, node);
    }
  }

  /** He or the node is locked. */
  record Locked(String sentence) implements Decision {}

  /** Nothing is called so. */
  record Unknown(String target) implements Decision {
    @Override
    public String sentence() {
      return "There is no node %s; 'holdfast ls' lists those that you may use.".formatted(target);
    }
  }

  /** More than one is called so. */
  record Ambiguous(String target, List<String> names) implements Decision {
    @Override
    public String sentence() {
      String some = String.join(", ", names.stream().limit(MOST_NAMES).toList());
      return "%s means several nodes: %s%s; name one of them."
          .formatted(target, some, names.size() > MOST_NAMES ? " and others" : "");
    }
  }

  /** He may, but nobody can. */
  record Offline(String node, Optional<Instant> lastSeen) implements Decision {
    @Override
    public String sentence() {
      return "The node %s is offline, %s; try again when it is back."
          .formatted(node, lastSeen.map(it -> "last seen " + it).orElse("and was never seen"));
    }
  }

  /** Nobody can say: the service that knows is not reached. */
  record Undecided() implements Decision {
    @Override
    public String sentence() {
      return "The cluster's auth service is not reached, so nobody can be let in; try again soon.";
    }
  }
}
