package dev.holdfast.access;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a role names, to allow or to deny it.
 *
 * @param logins accounts of nodes; {@code {{user.name}}} is the account of the user's own name, and
 *     {@code *} in a denial any account
 * @param nodes the nodes
 * @param rights over the cluster
 */
public record Grant(List<String> logins, LabelSelector nodes, Set<Right> rights) {
  /** Nothing. */
  public static final Grant NONE = new Grant(List.of(), LabelSelector.NONE, Set.of());

  /** The account that is called like the user. */
  public static final String USER_NAME = "{{user.name}}";

  /** Any account, in a denial. */
  public static final String ANY = "*";

  /** Accounts that one role names. */
  static final int MOST_LOGINS = 256;

  public Grant {
    if (logins.size() > MOST_LOGINS) {
      throw new InvalidRecordException("A role names at most " + MOST_LOGINS + " logins.");
    }
    logins.stream()
        .filter(login -> !login.equals(USER_NAME) && !login.equals(ANY))
        .forEach(Names::login);
    logins = logins.stream().distinct().toList();
    rights = Set.copyOf(rights);
  }

  /** Accounts on the machines with these labels. */
  public static Grant of(LabelSelector nodes, String... logins) {
    return new Grant(Arrays.asList(logins), nodes, Set.of());
  }

  boolean names(User user, String login) {
    return logins.contains(ANY)
        || (Names.isLogin(login) && logins.contains(login))
        || (logins.contains(USER_NAME) && user.name().equals(login));
  }
}
