package dev.holdfast.cli;

import dev.holdfast.auth.TokenSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * The section {@code authority-token} in {@code auth}: the token that has the authorities' keys.
 *
 * @param module its library
 * @param label its name
 * @param pinFile has its user's PIN; without one the environment has it
 */
record TokenSection(Path module, String label, Optional<Path> pinFile) {
  /** Where the PIN is if no file has it, such as systemd sets it by EnvironmentFile. */
  static final String PIN_VARIABLE = "HOLDFAST_TOKEN_PIN";

  /**
   * Reads the section; what is wrong is noted.
   *
   * @param auth in which it is
   * @return null if it names no token
   */
  static @Nullable TokenSection read(Section auth, Section section) {
    Optional<Path> module = section.value("module", TokenSection::module);
    Optional<String> label = section.value("token", TokenSection::label);
    Optional<Path> pin = section.value("pin-file", Path::of);
    section.end();
    if (module.isEmpty() || label.isEmpty()) {
      auth.wrong("authority-token", "it needs 'module' and 'token'");
      return null;
    }
    return new TokenSection(module.get(), label.get(), pin);
  }

  private static Path module(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is not the whole path of a library such as /usr/lib/softhsm/libsofthsm2.so");
    }
    return path;
  }

  private static String label(String text) {
    if (text.isBlank() || text.length() > TokenSettings.MOST_LABEL) {
      throw new TypeConversionException(
          "'%s' is no token's name, which has at most %d letters"
              .formatted(text, TokenSettings.MOST_LABEL));
    }
    return text;
  }

  TokenSettings settings() {
    return new TokenSettings(module, label, this::pin);
  }

  private String pin() throws IOException {
    if (pinFile.isPresent()) {
      return SecretFile.read(pinFile.get(), "pin-file");
    }
    String set = System.getenv(PIN_VARIABLE);
    if (set == null || set.isEmpty()) {
      throw new IOException(
          "The PIN of the token '%s' is not known; name a file with it in pin-file, or set %s."
              .formatted(label, PIN_VARIABLE));
    }
    return set;
  }

  /** The settings that count, as they would be written. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("module", module);
    all.put("token", label);
    pinFile.ifPresent(file -> all.put("pin-file", file));
    return all;
  }
}
