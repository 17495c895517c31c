package dev.holdfast.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Port numbers as people write them: digits, or a name that the system knows (services(5)). */
final class Ports {
  private static final Path SERVICES = Path.of("/etc/services");
  private static final int MOST = 65535;

  private Ports() {}

  /**
   * The port that {@code text} names.
   *
   * @param least 0 where any free port may be meant, else 1
   */
  static int parse(String text, int least) throws BadValue {
    int port = text.matches("\\+?[0-9]{1,9}") ? Integer.parseInt(text) : service(text);
    if (port < least || port > MOST) {
      throw new BadValue("bad port '" + text + "'");
    }
    return port;
  }

  private static int service(String name) throws BadValue {
    try (Stream<String> lines = Files.lines(SERVICES)) {
      return lines
          .map(line -> line.split("#", 2)[0].strip().split("\\s+"))
          .filter(words -> words.length > 1 && words[1].endsWith("/tcp") && isNamed(words, name))
          .map(words -> Integer.parseInt(words[1].split("/", 2)[0]))
          .findFirst()
          .orElseThrow(() -> new BadValue("bad port '" + name + "'"));
    } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
      throw new BadValue("bad port '" + name + "'", e);
    }
  }

  private static boolean isNamed(String[] words, String name) {
    for (int i = 0; i < words.length; i++) {
      if (i != 1 && words[i].equals(name)) {
        return true;
      }
    }
    return false;
  }
}
