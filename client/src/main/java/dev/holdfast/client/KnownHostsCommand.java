package dev.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that writes lines of known hosts (ssh_config(5), KnownHostsCommand). */
final class KnownHostsCommand {
  /** How long it may run. */
  static final long MOST_SECONDS = 60;

  /** Bytes that it may write. */
  static final int MOST_BYTES = 1 << 20;

  private KnownHostsCommand() {}

  /**
   * Runs the command and returns what it wrote.
   *
   * @param command words, the first of them an absolute path; no shell is involved
   * @param name of the host that is looked up
   */
  static String run(String command, Tokens tokens, String name, KeyBytes key) throws IOException {
    Tokens all =
        tokens.with(
            Map.of(
                'H', name,
                'I', "HOSTNAME",
                'K', key.base64(),
                't', key.type(),
                'f', key.fingerprint("SHA256")));
    List<String> words = new ArrayList<>();
    for (String word : words(command)) {
      words.add(all.expand(word));
    }
    if (words.isEmpty() || !Path.of(words.getFirst()).isAbsolute()) {
      throw new ConfigFailure("KnownHostsCommand must begin with an absolute path.");
    }
    return output(words);
  }

  private static List<String> words(String command) throws ConfigFailure {
    try {
      return ConfigWords.split(command);
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
  }

  private static String output(List<String> words) throws IOException {
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream out = process.getInputStream()) {
      Thread.startVirtualThread(() -> endInTime(process));
      byte[] bytes = out.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES || process.waitFor() != 0) {
        throw new IOException("KnownHostsCommand failed, or wrote more than 1 MiB.");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void endInTime(Process process) {
    try {
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
