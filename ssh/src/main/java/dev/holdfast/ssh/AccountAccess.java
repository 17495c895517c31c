package dev.holdfast.ssh;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which accounts may be logged in to at all (sshd_config(5), AllowUsers and its kin). */
record AccountAccess(ServerSettings settings) {
  /**
   * Why {@code user} may not be logged in to from there; nothing if he may.
   *
   * @param host the client's name, or its address where names are not looked up
   */
  Optional<String> refusal(User user, InetAddress address, String host) {
    if (user.locked() && !settings.get(ServerOption.USE_PAM)) {
      return Optional.of("the account is locked or has expired");
    }
    if (!Files.isExecutable(Path.of(user.shell()))) {
      return Optional.of("the shell " + user.shell() + " is not there or can't be run");
    }
    if (isListed(ServerOption.DENY_USERS, user, address, host)) {
      return Optional.of("DenyUsers");
    }
    if (!settings.get(ServerOption.ALLOW_USERS).isEmpty()
        && !isListed(ServerOption.ALLOW_USERS, user, address, host)) {
      return Optional.of("not in AllowUsers");
    }
    if (isInGroup(ServerOption.DENY_GROUPS, user)) {
      return Optional.of("a group of DenyGroups");
    }
    return settings.get(ServerOption.ALLOW_GROUPS).isEmpty()
            || isInGroup(ServerOption.ALLOW_GROUPS, user)
        ? Optional.empty()
        : Optional.of("no group of AllowGroups");
  }

  /** Whether root may be logged in to by a password or the like; others may. */
  boolean allowsPassword(User user) {
    return !user.isRoot() || settings.get(ServerOption.PERMIT_ROOT_LOGIN) == RootLogin.YES;
  }

  /**
   * Whether root may be logged in to by a key; others may.
   *
   * @param forced whether a command is forced with the key
   */
  boolean allowsKey(User user, boolean forced) {
    return !user.isRoot()
        || switch (settings.get(ServerOption.PERMIT_ROOT_LOGIN)) {
          case YES, PROHIBIT_PASSWORD -> true;
          case FORCED_COMMANDS_ONLY -> forced;
          case NO -> false;
        };
  }

  private boolean isListed(
      ServerOption<List<String>> option, User user, InetAddress address, String host) {
    return settings.get(option).stream().anyMatch(pattern -> matches(pattern, user, address, host));
  }

  private static boolean matches(String pattern, User user, InetAddress address, String host) {
    int at = pattern.lastIndexOf('@');
    if (at < 0) {
      return NamePattern.matches(pattern, user.name());
    }
    List<String> hosts = List.of(pattern.substring(at + 1).split(",", -1));
    return NamePattern.matches(pattern.substring(0, at), user.name())
        && AddressPattern.ask(hosts, address, host) == NamePattern.Verdict.YES;
  }

  private boolean isInGroup(ServerOption<List<String>> option, User user) {
    return settings.get(option).stream()
        .anyMatch(pattern ->
            user.groups().stream().anyMatch(group -> NamePattern.matches(pattern, group.name())));
  }
}
