package dev.holdfast.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Writes ServerAliveInterval into the user's configuration. For one host it stands first, since the
 * first value counts (ssh_config(5)); for all it stands last, so that it counts only where nothing
 * else is said.
 */
final class AliveSetting {
  /** Bytes of a configuration that is rewritten. */
  static final int MOST_BYTES = 1 << 20;

  private final Path file;

  /** In that file, which need not be there. */
  AliveSetting(Path file) {
    this.file = file;
  }

  /**
   * Writes it; the lines that were added.
   *
   * @param host a name, or "*" for all
   */
  String write(String host, Duration interval) throws IOException {
    if (!host.matches("[A-Za-z0-9._:%*-]+")) {
      throw new IOException("the name " + host + " can't stand in a Host line");
    }
    Path target = Files.exists(file) ? file.toRealPath() : file;
    boolean isForAll = host.equals("*");
    String block = "Host " + host + "\n  ServerAliveInterval " + interval.toSeconds() + "\n";
    String before = without(Files.exists(target) ? text(target) : "", host);
    String end = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
    String after = isForAll ? before + end + block : block + separated(before);
    FileReplacement.write(target, after.getBytes(StandardCharsets.UTF_8));
    return block;
  }

  /** What was written here before is written anew. */
  private static String without(String text, String host) {
    String own = "Host " + Pattern.quote(host) + "\n  ServerAliveInterval \\d+\n";
    return host.equals("*")
        ? text.replaceFirst("(?s)" + own + "$", "")
        : text.replaceFirst("^" + own, "");
  }

  /** Lines before the first Host line belong to all hosts, and must not fall to the new one. */
  private static String separated(String before) {
    String first =
        before.lines().map(String::strip).filter(AliveSetting::isLine).findFirst().orElse("");
    boolean beginsBlock =
        first.isEmpty() || first.toLowerCase(Locale.ROOT).matches("(host|match)[ =\t].*");
    return beginsBlock ? before : "Host *\n" + before;
  }

  private static boolean isLine(String line) {
    return !line.isEmpty() && !line.startsWith("#");
  }

  private static String text(Path target) throws IOException {
    if (Files.size(target) > MOST_BYTES) {
      throw new IOException(target + " is too large to be rewritten");
    }
    return Files.readString(target);
  }
}
