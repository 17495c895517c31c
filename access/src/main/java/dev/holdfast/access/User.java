package dev.holdfast.access;

import java.util.List;
import java.util.Optional;

/**
 * Somebody who uses the cluster.
 *
 * @param roles names of roles
 * @param keys public keys that prove who he is when he logs in, as lines of authorized_keys without
 *     options; they log in to the cluster only, not to nodes
 * @param subject who he is for the cluster's identity provider, if he comes from there
 */
public record User(String name, List<String> roles, List<String> keys, Optional<String> subject) {
  static final int MOST_ROLES = 64;
  static final int MOST_KEYS = 64;

  /** Characters of one key with its comment. */
  static final int MOST_KEY_CHARACTERS = 16 * 1024;

  public User {
    Names.name("user", name);
    roles.forEach(role -> Names.name("role", role));
    if (roles.size() > MOST_ROLES || keys.size() > MOST_KEYS) {
      throw new InvalidRecordException(
          "The user %s has more than %d roles or %d keys.".formatted(name, MOST_ROLES, MOST_KEYS));
    }
    keys.forEach(key -> checkKey(name, key));
    roles = roles.stream().distinct().toList();
    keys = keys.stream().distinct().toList();
  }

  private static void checkKey(String name, String key) {
    if (key.length() > MOST_KEY_CHARACTERS
        || !key.matches("[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\\p{Cntrl}]*)?")) {
      throw new InvalidRecordException(
          "A key of %s is not a line such as 'ssh-ed25519 AAAA… comment'.".formatted(name));
    }
  }

  /** The same with these keys. */
  public User withKeys(List<String> next) {
    return new User(name, roles, next, subject);
  }
}
