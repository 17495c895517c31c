package dev.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What files say of one host's keys (hostfile.c). Immutable.
 *
 * @param entries the lines about the host, in the files' order
 */
record KnownHosts(List<KnownHost> entries) {
  /** Bytes of one file. */
  static final int MOST_BYTES = 16 << 20;

  /** Lines about one host; the others are not read. */
  static final int MOST_ENTRIES = 10_000;

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  KnownHosts {
    entries = List.copyOf(entries);
  }

  /** What is known of a key. */
  sealed interface Verdict {
    /** The host, or the authority, is known by it. */
    record Known(KnownHost by) implements Verdict {}

    /** Nothing is known of the host. */
    record New() implements Verdict {}

    /** Another key is known, such as this. */
    record Changed(KnownHost from) implements Verdict {}

    /** It must not be believed. */
    record Revoked() implements Verdict {}
  }

  /** What the files say of {@code name}; those that are not there say nothing. */
  static KnownHosts read(List<Path> files, String name) throws IOException {
    List<KnownHost> entries = new ArrayList<>();
    for (Path file : files) {
      if (Files.exists(file)) {
        addTo(entries, text(file), file.toString(), name);
      }
    }
    return new KnownHosts(entries);
  }

  /** The same with what a text of that form says. */
  KnownHosts plus(String text, String place, String name) {
    List<KnownHost> all = new ArrayList<>(entries);
    addTo(all, text, place, name);
    return new KnownHosts(all);
  }

  private static void addTo(List<KnownHost> entries, String text, String place, String name) {
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      KnownHost entry = KnownHost.parse(line, place + ":" + number);
      if (entry != null && entries.size() < MOST_ENTRIES && entry.isAbout(name)) {
        entries.add(entry);
      }
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(file + " is larger than " + (MOST_BYTES >> 20) + " MiB");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  /** What is known of a host's key. */
  Verdict of(KeyBytes key) {
    return of(key, KnownHost.Marker.NONE);
  }

  /** What is known of the key that signed a host's certificate for {@code host}. */
  Verdict ofAuthority(KeyBytes authority, KeyBytes host) {
    return isRevoked(host) ? new Verdict.Revoked() : of(authority, KnownHost.Marker.CERT_AUTHORITY);
  }

  private Verdict of(KeyBytes key, KnownHost.Marker marker) {
    if (isRevoked(key)) {
      return new Verdict.Revoked();
    }
    Verdict verdict = new Verdict.New();
    for (KnownHost entry : entries) {
      if (entry.marker() == marker) {
        if (entry.key().equals(key)) {
          return new Verdict.Known(entry);
        }
        verdict = new Verdict.Changed(entry);
      }
    }
    return verdict;
  }

  private boolean isRevoked(KeyBytes key) {
    return entries.stream()
        .anyMatch(e -> e.marker() == KnownHost.Marker.REVOKED && e.key().equals(key));
  }

  /** Keys of other types under which the host is known. */
  List<KnownHost> ofOtherTypes(KeyBytes key) {
    return entries.stream()
        .filter(e -> e.marker() == KnownHost.Marker.NONE && !e.key().type().equals(key.type()))
        .toList();
  }

  /**
   * The algorithms of host keys with those first for which a key is known, so that a known host
   * shows the known one of its keys (sshconnect2.c, {@code order_hostkeyalgs}).
   */
  List<String> ordered(List<String> algorithms) {
    List<String> first = new ArrayList<>();
    List<String> last = new ArrayList<>();
    for (String algorithm : algorithms) {
      (isKnown(algorithm) ? first : last).add(algorithm);
    }
    first.addAll(last);
    return first;
  }

  private boolean isKnown(String algorithm) {
    if (algorithm.contains("-cert-v01@")) {
      return entries.stream().anyMatch(e -> e.marker() == KnownHost.Marker.CERT_AUTHORITY);
    }
    String type = algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;
    return entries.stream()
        .anyMatch(e -> e.marker() == KnownHost.Marker.NONE && e.key().type().equals(type));
  }

  /** Names other than {@code name} under which files know the key; hashed ones stay so. */
  static List<String> otherNames(List<Path> files, String name, KeyBytes key) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      if (Files.exists(file)) {
        int number = 0;
        for (String line : text(file).split("\n", -1)) {
          KnownHost entry = KnownHost.parse(line, file + ":" + ++number);
          if (entry != null
              && entry.marker() == KnownHost.Marker.NONE
              && entry.key().equals(key)
              && !entry.isAbout(name)) {
            boolean isHashed = entry.names().startsWith(HashedName.MAGIC);
            names.add(entry.place() + ": " + (isHashed ? "[hashed name]" : entry.names()));
          }
        }
      }
    }
    return names;
  }

  /** The line for a key, with its end. */
  static String line(String name, KeyBytes key, boolean hashed) {
    String shown = hashed ? HashedName.of(name, new SecureRandom()) : name;
    return shown + " " + key.type() + " " + key.base64() + "\n";
  }

  /**
   * Adds a line to a file, which is made if need be, in one write: another process that adds one at
   * the same time neither loses nor splits it.
   */
  static void append(Path file, String line) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && !Files.exists(directory)) {
      Files.createDirectory(directory, PRIVATE_DIRECTORY);
    }
    Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    String whole = endsInsideLine(file) ? "\n" + line : line;
    try (SeekableByteChannel out = Files.newByteChannel(file, options, PRIVATE_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  private static boolean endsInsideLine(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try (SeekableByteChannel in = Files.newByteChannel(file)) {
      if (in.size() == 0) {
        return false;
      }
      ByteBuffer last = ByteBuffer.allocate(1);
      in.position(in.size() - 1).read(last);
      return last.get(0) != '\n';
    }
  }
}
