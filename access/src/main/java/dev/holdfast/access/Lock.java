package dev.holdfast.access;

import java.time.Instant;
import java.util.Optional;

/**
 * An order that somebody or something may do nothing for now. What it does at the time is ended.
 *
 * @param reason a sentence that is shown to those whom it hits
 * @param expires empty if it lasts until it is removed
 */
public record Lock(String id, Target target, String reason, Optional<Instant> expires) {
  static final int MOST_REASON = 200;

  public Lock {
    if (reason.length() > MOST_REASON || !Names.printable(reason).equals(reason)) {
      throw new InvalidRecordException(
          "The reason of a lock is at most " + MOST_REASON + " printable characters.");
    }
  }

  /** What is locked. */
  public enum Kind {
    USER,
    ROLE,
    NODE
  }

  /**
   * Whom it hits.
   *
   * @param name of a user or role, or name or id of a node
   */
  public record Target(Kind kind, String name) {
    @Override
    public String toString() {
      return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name;
    }
  }

  /** Whether {@code user} is hit, himself or through a role. */
  public boolean hits(User user) {
    return switch (target.kind) {
      case USER -> target.name.equals(user.name());
      case ROLE -> user.roles().contains(target.name);
      case NODE -> false;
    };
  }

  /** Whether {@code node} is hit. */
  public boolean hits(NodeRecord node) {
    return target.kind == Kind.NODE
        && (target.name.equals(node.name()) || target.name.equals(node.id()));
  }

  /** What those are told whom it hits. */
  public String sentence() {
    return reason.isEmpty()
        ? "The %s is locked; ask an administrator.".formatted(target)
        : "The %s is locked: %s".formatted(target, reason);
  }
}
