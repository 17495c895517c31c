package dev.holdfast.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the files of {@code ~/.ssh} are the user's alone, as far as ssh and sshd want it: both
 * pass over files that others could have changed (sshd_config(5), StrictModes).
 */
final class HomeCheck {
  /** Files that are looked at. */
  static final int MOST_FILES = 1000;

  private static final String ABOUT = "permissions";
  private static final int PUBLIC_BEGINNING = 64;
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private final Surroundings here;
  private final List<Finding> found = new ArrayList<>();

  HomeCheck(Surroundings here) {
    this.here = here;
  }

  List<Finding> findings() throws IOException {
    Path directory = here.home().resolve(".ssh");
    if (!Files.isDirectory(directory)) {
      return List.of(Finding.ok(ABOUT, directory + " is not there yet."));
    }
    checkWrite(here.home(), "sshd then ignores the keys in it");
    checkWrite(directory, "ssh and sshd then ignore what is in it");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.limit(MOST_FILES).filter(Files::isRegularFile).toList()) {
        check(file);
      }
    }
    return found.isEmpty()
        ? List.of(Finding.ok(ABOUT, directory + " and its files are yours alone."))
        : List.copyOf(found);
  }

  private void check(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (isPrivateKey(file)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (permissions.stream().anyMatch(each -> !each.name().startsWith("OWNER"))) {
        add(file, "others may read the private key %s, so ssh does not use it", "rw-------");
      }
    } else if (name.equals("config") || name.startsWith("authorized_keys")) {
      checkWrite(file, "it is not used then");
    }
  }

  private void checkWrite(Path path, String consequence) throws IOException {
    Object owner = Files.getAttribute(path, "unix:uid");
    if (!owner.equals((int) here.uid()) && !owner.equals(0)) {
      found.add(
          Finding.of(
              Finding.Level.PROBLEM,
              ABOUT,
              path + " belongs to somebody else; " + consequence + ".",
              "Have it given back to you: chown " + here.user() + " " + path));
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (permissions.stream().anyMatch(OTHERS_WRITE::contains)) {
      permissions.removeAll(OTHERS_WRITE);
      String wanted = PosixFilePermissions.toString(permissions);
      add(path, "others may write to %s; " + consequence, wanted);
    }
  }

  private void add(Path path, String what, String wanted) {
    String sentence = what.formatted(path) + ".";
    found.add(
        Finding.of(
                Finding.Level.PROBLEM,
                ABOUT,
                Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1),
                "Take the permission away: --fix does it.")
            .with(() -> {
              Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(wanted));
              return path + " is now " + wanted + ".";
            }));
  }

  private static boolean isPrivateKey(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      String beginning =
          new String(in.readNBytes(PUBLIC_BEGINNING), java.nio.charset.StandardCharsets.ISO_8859_1);
      return beginning.startsWith("-----BEGIN ") && beginning.contains("PRIVATE KEY");
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
