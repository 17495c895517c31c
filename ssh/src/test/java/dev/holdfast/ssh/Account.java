package dev.holdfast.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An account "me" of this process's own user, with a home of its own; and a machine that has it.
 */
final class Account {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  final Path home;
  final User user;
  Passwords passwords = Passwords.NONE;
  Function<InetAddress, String> hostName = InetAddress::getHostAddress;

  Account(Path directory) throws IOException {
    home = Files.createDirectories(directory.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    int uid = (int) Files.getAttribute(home, "unix:uid");
    int gid = (int) Files.getAttribute(home, "unix:gid");
    List<User.Group> groups = List.of(new User.Group(gid, "mine"));
    user = new User("me", uid, gid, groups, home.toString(), "/bin/sh", false);
  }

  Machine machine() {
    return new Machine(
        name -> name.equals("me") ? Optional.of(user) : Optional.empty(),
        new LinuxUserRights(),
        passwords,
        () -> NOW,
        hostName);
  }

  /** Writes {@code ~/.ssh/authorized_keys}. */
  Path authorize(String... lines) throws IOException {
    Path directory = Files.createDirectories(home.resolve(".ssh"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Path file = Files.write(directory.resolve("authorized_keys"), List.of(lines));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
