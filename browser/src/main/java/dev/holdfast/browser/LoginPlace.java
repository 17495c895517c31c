package dev.holdfast.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * Where the things of one login are kept: its profiles, favourites and port. Only its user may look
 * into it.
 *
 * @param directory what stays
 * @param sockets a directory with a short name, for sockets
 * @param key a short name of the login, the same every time
 */
record LoginPlace(Path directory, Path sockets, String key) {
  private static final String OWN = "start";
  private static final int MOST_NAME = 60;
  private static final int KEY_DIGITS = 10;

  /** The user's directory for data (XDG Base Directory Specification). */
  static Path dataHome(Map<String, String> environment, Path home) {
    String named = environment.getOrDefault("XDG_DATA_HOME", "");
    Path data = named.startsWith("/") ? Path.of(named) : home.resolve(".local/share");
    return data.resolve("holdfast");
  }

  /** That of {@code login}; made if it is not there. */
  static LoginPlace of(String login, Map<String, String> environment, Path home)
      throws IOException {
    Path data = dataHome(environment, home);
    String key = key(login);
    String name = login.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.@-]", "_");
    name = name.length() > MOST_NAME ? name.substring(0, MOST_NAME) : name;
    Path directory = data.resolve("browser").resolve(name + "-" + key);
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    Path sockets =
        runtime.startsWith("/") && Files.isWritable(Path.of(runtime))
            ? Path.of(runtime).resolve("holdfast")
            : data.resolve("run");
    makePrivate(directory);
    makePrivate(sockets);
    makePrivate(directory.resolve(OWN));
    return new LoginPlace(directory, sockets, key);
  }

  private static String key(String login) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(login.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, KEY_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void makePrivate(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Where the profile of a browser is; one that comes in a snap sees no hidden directory. */
  Path profile(Browser browser, Path home) {
    Path within =
        browser.snap().isPresent()
            ? home.resolve("snap")
                .resolve(browser.snap().get())
                .resolve("common/holdfast")
                .resolve(key)
            : directory;
    return within.resolve("profile-" + browser.kind().name().toLowerCase(Locale.ROOT));
  }

  /** In a directory of its own, the only one that a confined process may write to. */
  Path apps() {
    return directory.resolve(OWN).resolve("apps");
  }

  Path lock() {
    return directory.resolve("lock");
  }

  /** The socket on which a running window is told what else to open. */
  Path control() {
    return sockets.resolve(key + ".window");
  }

  Path door() {
    return sockets.resolve(key + ".door");
  }

  /** The port of the door last time, or 0: a browser that outlived its window finds it again. */
  int lastPort() {
    try {
      Path file = directory.resolve("port");
      long port = Files.exists(file) ? ListenerLines.number(Files.readString(file).strip()) : 0;
      return port > 0 && port <= 0xffff ? (int) port : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  void keepPort(int port) throws IOException {
    Files.writeString(directory.resolve("port"), port + "\n");
  }
}
