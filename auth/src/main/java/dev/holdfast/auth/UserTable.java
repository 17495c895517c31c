package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.User;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Users with their keys, roles and locks. */
final class UserTable {
  private UserTable() {}

  /** Sets a user; his roles must be there, and his keys be nobody else's. */
  static void put(Tx tx, User user) throws SQLException {
    for (String role : user.roles()) {
      if (role(tx, role).isEmpty()) {
        throw new InvalidRecordException("There is no role %s; add it first.".formatted(role));
      }
    }
    DocumentTable.put(tx, Kind.USER, user.name(), user);
    tx.update("delete from user_keys where user_name = ?", user.name());
    for (String line : user.keys()) {
      int added =
          tx.update(
              "insert into user_keys (key, user_name) values (?, ?) on conflict (key) do nothing",
              bare(line),
              user.name());
      if (added == 0 && !user.name().equals(byKey(tx, bare(line)).map(User::name).orElse(""))) {
        throw new InvalidRecordException("A key of %s is another user's.".formatted(user.name()));
      }
    }
  }

  static boolean remove(Tx tx, String name) throws SQLException {
    tx.update("delete from user_keys where user_name = ?", name);
    tx.update("delete from second_factors where user_name = ?", name);
    return DocumentTable.remove(tx, Kind.USER, name);
  }

  static Optional<User> user(Tx tx, String name) throws SQLException {
    return DocumentTable.get(tx, Kind.USER, name, User.class);
  }

  /** The user who has registered a key. */
  static Optional<User> byKey(Tx tx, String key) throws SQLException {
    Optional<String> name =
        tx.first(row -> row.getString(1), "select user_name from user_keys where key = ?", key);
    return name.isEmpty() ? Optional.empty() : user(tx, name.get());
  }

  static List<User> users(Tx tx) throws SQLException {
    return DocumentTable.all(tx, Kind.USER, User.class);
  }

  static Optional<Role> role(Tx tx, String name) throws SQLException {
    return DocumentTable.get(tx, Kind.ROLE, name, Role.class);
  }

  static List<Role> roles(Tx tx) throws SQLException {
    return DocumentTable.all(tx, Kind.ROLE, Role.class);
  }

  /** A role is only removed when nobody has it. */
  static boolean removeRole(Tx tx, String name) throws SQLException {
    for (User user : users(tx)) {
      if (user.roles().contains(name)) {
        throw new InvalidRecordException(
            "The role %s is one of %s's; take it from all users first."
                .formatted(name, user.name()));
      }
    }
    return DocumentTable.remove(tx, Kind.ROLE, name);
  }

  static RoleSet roleSet(Tx tx, User user) throws SQLException {
    List<Role> roles = new ArrayList<>();
    for (String name : user.roles()) {
      role(tx, name).ifPresent(roles::add);
    }
    return new RoleSet(user, roles);
  }

  /** The locks that have not expired. */
  static List<Lock> locks(Tx tx) throws SQLException {
    Instant now = tx.now();
    return DocumentTable.all(tx, Kind.LOCK, Lock.class).stream()
        .filter(lock -> lock.expires().filter(it -> !it.isAfter(now)).isEmpty())
        .toList();
  }

  /** The first lock that hits a user. */
  static Optional<Lock> lockOf(Tx tx, User user) throws SQLException {
    return locks(tx).stream().filter(lock -> lock.hits(user)).findFirst();
  }

  /** Type and base64 of a key's line. */
  static String bare(String line) {
    String[] words = line.split(" ", 3);
    return words.length < 2 ? line : words[0] + " " + words[1];
  }
}
