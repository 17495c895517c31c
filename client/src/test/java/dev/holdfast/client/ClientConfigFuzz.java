package dev.holdfast.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fuzz target: a configuration file. The first line of the input is the host, the rest the file.
 * Include is disarmed, since it would read whatever the input names.
 */
public final class ClientConfigFuzz {
  private static final StillSystem SYSTEM = new StillSystem();
  private static final Path FILE = file();

  private ClientConfigFuzz() {}

  /** Fails if anything but a failure with a sentence comes of it. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    String[] parts =
        new String(input, StandardCharsets.UTF_8).replaceAll("(?i)include", "port").split("\n", 2);
    SYSTEM.asked.clear();
    Files.writeString(FILE, parts.length > 1 ? parts[1] : "");
    Surroundings here =
        new Surroundings(
            "alice",
            1000,
            Path.of("/home/alice"),
            "laptop",
            Map.of("A", "b"),
            Path.of("/none"),
            SYSTEM);
    try {
      ClientConfig config =
          ClientConfig.read(
              new ConfigQuery(parts[0], List.of(), Optional.of(FILE.toString()), ""), here);
      check(config.port() > 0 && config.port() < 65536, config.port());
      check(config.listing().stream().noneMatch(line -> line.indexOf('\n') >= 0), "listing");
    } catch (ConfigFailure e) {
      check(!String.valueOf(e.getMessage()).isBlank(), e);
    }
  }

  private static Path file() {
    try {
      Path file = Files.createTempFile("holdfast-fuzz", "config");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}
