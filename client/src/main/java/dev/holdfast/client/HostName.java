package dev.holdfast.client;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/** The name or address that a connection is made to, from what was typed and configured. */
final class HostName {
  private static final String NOT_IN_HOSTS = "'`\"$\\;&<>|(){},";
  private static final String NOT_IN_USERS = "'`\";&<>|(){}";

  private HostName() {}

  /** A name that could be more than a name where a shell or an option reads it is refused. */
  static void check(String host) throws BadValue {
    boolean isWrong =
        host.isEmpty()
            || host.startsWith("-")
            || host.chars().anyMatch(c -> NOT_IN_HOSTS.indexOf(c) >= 0 || c <= ' ' || c == 127);
    if (isWrong) {
      throw new BadValue("hostname contains invalid characters");
    }
  }

  static void checkUser(String user) throws BadValue {
    boolean isWrong =
        user.isEmpty()
            || user.startsWith("-")
            || user.endsWith("\\")
            || user.contains(" -")
            || user.chars().anyMatch(c -> NOT_IN_USERS.indexOf(c) >= 0 || c < ' ' || c == 127);
    if (isWrong) {
      throw new BadValue("remote username contains invalid characters");
    }
  }

  /** The name after the first pass: by Hostname, in lower case, and by CanonicalizeHostname. */
  static String of(ConfigPass pass) throws BadValue {
    String name = pass.effectiveHost();
    if (isAddress(name)) {
      return ClientConfig.canonicalAddress(name);
    }
    return canonical(pass.draft(), pass.here(), name.toLowerCase(Locale.ROOT));
  }

  private static boolean isAddress(String name) {
    try {
      return InetAddress.ofLiteral(name).getAddress().length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** ssh_config(5), CanonicalizeHostname; aliases in the DNS are not followed. */
  private static String canonical(ConfigDraft draft, Surroundings here, String name)
      throws BadValue {
    ClientOptions.Canonicalize how =
        draft.find(ClientOptions.CANONICALIZE_HOSTNAME).orElse(ClientOptions.Canonicalize.NO);
    boolean isProxied =
        ConfigDraft.orNone(draft.get(ClientOptions.PROXY_COMMAND)) != null
            || !ConfigPass.jump(draft).isEmpty();
    if (how == ClientOptions.Canonicalize.NO
        || (isProxied && how != ClientOptions.Canonicalize.ALWAYS)) {
      return name;
    }
    refuseAliases(draft);
    long dots = name.chars().filter(c -> c == '.').count();
    if (!name.endsWith(".") && dots > draft.find(ClientOptions.CANONICALIZE_MAX_DOTS).orElse(1)) {
      return name;
    }
    for (String full : candidates(draft, name)) {
      if (here.outside().resolves(full)) {
        return full.substring(0, full.length() - 1);
      }
    }
    if (!draft.find(ClientOptions.CANONICALIZE_FALLBACK_LOCAL).orElse(true)) {
      throw new BadValue("Could not resolve host \"" + name + "\"");
    }
    return name;
  }

  private static List<String> candidates(ConfigDraft draft, String name) {
    if (name.endsWith(".")) {
      return List.of(name);
    }
    return draft.find(ClientOptions.CANONICAL_DOMAINS).orElse(List.of()).stream()
        .takeWhile(domain -> !domain.equalsIgnoreCase("none"))
        .map(domain -> name + "." + domain + ".")
        .toList();
  }

  private static void refuseAliases(ConfigDraft draft) throws BadValue {
    List<String> aliases =
        draft.find(ClientOptions.CANONICALIZE_PERMITTED_CNAMES).orElse(List.of());
    if (!aliases.isEmpty() && !aliases.getFirst().equalsIgnoreCase("none")) {
      throw new BadValue(
          "CanonicalizePermittedCNAMEs is not supported; name the hosts by Hostname instead");
    }
  }
}
