package dev.holdfast.access;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A user with his roles: what they allow together. A login on a node is allowed by one role that
 * names both; a denial of any role wins over whatever allows.
 *
 * @param roles those of the user's that there are
 */
public record RoleSet(User user, List<Role> roles) {
  public RoleSet {
    roles = List.copyOf(roles);
  }

  /** Whether he may log in as {@code login} on a node with these labels. */
  public boolean allows(String login, Labels labels) {
    return roles.stream().noneMatch(role -> denies(role, login, labels))
        && roles.stream()
            .map(Role::allow)
            .anyMatch(allow -> allow.names(user, login) && allow.nodes().matches(labels));
  }

  private boolean denies(Role role, String login, Labels labels) {
    return role.deny().names(user, login) || role.deny().nodes().matches(labels);
  }

  /** The accounts that he may log in to on a node with these labels, in alphabetical order. */
  public Set<String> logins(Labels labels) {
    Set<String> allowed = new TreeSet<>(named());
    allowed.removeIf(login -> !allows(login, labels));
    return allowed;
  }

  /** The accounts that he may log in to on every node there is or will be. */
  public Set<String> loginsEverywhere() {
    Set<String> everywhere = new TreeSet<>();
    if (roles.stream().anyMatch(role -> !role.deny().nodes().isEmpty())) {
      return everywhere;
    }
    for (String login : named()) {
      boolean allowed =
          roles.stream()
              .map(Role::allow)
              .anyMatch(allow -> allow.names(user, login) && allow.nodes().meansAll());
      if (allowed && roles.stream().noneMatch(role -> role.deny().names(user, login))) {
        everywhere.add(login);
      }
    }
    return everywhere;
  }

  private Set<String> named() {
    Set<String> named = new TreeSet<>();
    for (Role role : roles) {
      for (String login : role.allow().logins()) {
        named.add(login.equals(Grant.USER_NAME) ? user.name() : login);
      }
    }
    named.removeIf(login -> !Names.isLogin(login));
    return named;
  }

  /** What he may do to the cluster. */
  public Set<Right> rights() {
    Set<Right> rights = EnumSet.noneOf(Right.class);
    roles.forEach(role -> rights.addAll(role.allow().rights()));
    roles.forEach(role -> rights.removeAll(role.deny().rights()));
    return rights;
  }

  /** All options as one. */
  public RoleOptions options() {
    return roles.stream().map(Role::options).reduce(RoleOptions.NONE, RoleOptions::and);
  }

  /**
   * What is decided when he wants to log in.
   *
   * @param target what he called the node
   * @param found the nodes that this can mean
   * @param locks all that there are
   */
  public Decision decide(String login, String target, List<NodeRecord> found, List<Lock> locks) {
    for (Lock lock : locks) {
      if (lock.hits(user)) {
        return new Decision.Locked(lock.sentence());
      }
    }
    if (found.isEmpty()) {
      return new Decision.Unknown(Names.printable(target));
    }
    List<NodeRecord> permitted = new ArrayList<>(found);
    permitted.removeIf(node -> !allows(login, node.labels()));
    if (permitted.isEmpty()) {
      String name = found.size() == 1 ? found.getFirst().name() : Names.printable(target);
      return new Decision.Denied(user.name(), Names.printable(login), name);
    }
    if (permitted.size() > 1) {
      return new Decision.Ambiguous(
          Names.printable(target), permitted.stream().map(NodeRecord::name).sorted().toList());
    }
    return decide(login, permitted.getFirst(), locks);
  }

  private Decision decide(String login, NodeRecord node, List<Lock> locks) {
    for (Lock lock : locks) {
      if (lock.hits(node)) {
        return new Decision.Locked(lock.sentence());
      }
    }
    return node.online()
        ? new Decision.Allowed(user.name(), login, node, options())
        : new Decision.Offline(node.name(), node.lastSeen());
  }
}
