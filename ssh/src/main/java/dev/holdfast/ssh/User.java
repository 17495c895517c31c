package dev.holdfast.ssh;

import java.util.List;

/**
 * An account of this machine, as its databases have it (passwd(5), group(5)).
 *
 * @param name as the databases write it
 * @param uid as a bit pattern
 * @param gid as a bit pattern
 * @param groups all groups, the first one being {@code gid}
 * @param home absolute
 * @param shell the program, never empty
 * @param locked whether the account is locked or has expired (shadow(5)), as far as we may know
 */
public record User(
    String name, int uid, int gid, List<Group> groups, String home, String shell, boolean locked) {
  /** A group. */
  public record Group(int gid, String name) {}

  public User {
    groups = List.copyOf(groups);
  }

  /** Whether it may do everything. */
  public boolean isRoot() {
    return uid == 0;
  }
}
