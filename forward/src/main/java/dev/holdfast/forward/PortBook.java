package dev.holdfast.forward;

import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which local port belongs to which app, for good: a browser's cookies and bookmarks hang on it. A
 * file of lines {@code port TAB server TAB app}, written anew as a whole and put in its place at
 * once. Thread-safe; for one process at a time.
 */
final class PortBook {
  /** Ports that are remembered; the oldest are forgotten. */
  static final int MOST = 4096;

  /** Bytes of a file that is read. */
  static final long MOST_BYTES = 1 << 20;

  private final Path file;
  private final Map<Entry, Integer> ports = new LinkedHashMap<>();

  private record Entry(String server, String app) {}

  private PortBook(Path file) {
    this.file = file;
  }

  /** What the file says; lines that can't be read are left out. */
  static PortBook read(Path file) throws IOException {
    PortBook book = new PortBook(file);
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException(file + " is longer than it can be; remove it to begin anew.");
      }
      Files.readAllLines(file, StandardCharsets.UTF_8).forEach(book::add);
    } catch (NoSuchFileException e) {
      // Nothing is remembered yet.
    }
    return book;
  }

  private void add(String line) {
    String[] fields = line.split("\t", 3);
    if (fields.length == 3 && fields[0].matches("[1-9][0-9]{0,4}") && ports.size() < MOST) {
      int port = Integer.parseInt(fields[0]);
      if (port <= 65_535) {
        ports.put(new Entry(fields[1], fields[2]), port);
      }
    }
  }

  /** The app's port, if it has one. */
  synchronized OptionalInt find(String server, FarAddress app) {
    Integer port = ports.get(entry(server, app));
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** Ports that belong to apps. */
  synchronized Set<Integer> taken() {
    return new TreeSet<>(ports.values());
  }

  /** The app has this port from now on. */
  synchronized void put(String server, FarAddress app, int port) throws IOException {
    ports.put(entry(server, app), port);
    if (ports.size() > MOST) {
      ports.remove(ports.keySet().iterator().next());
    }
    write();
  }

  private static Entry entry(String server, FarAddress app) {
    return new Entry(bare(server), bare(app.toString()));
  }

  private static String bare(String text) {
    return text.replaceAll("[\\p{Cntrl}]", "_");
  }

  private void write() throws IOException {
    String lines =
        ports.entrySet().stream()
            .map(each ->
                each.getValue() + "\t" + each.getKey().server() + "\t" + each.getKey().app() + "\n")
            .collect(Collectors.joining());
    Files.createDirectories(file.toAbsolutePath().getParent());
    WholeFile.replace(file, lines, WholeFile.OWN);
  }
}
