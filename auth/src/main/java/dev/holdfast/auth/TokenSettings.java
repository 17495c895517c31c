package dev.holdfast.auth;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the authorities' keys are, if they are on a token.
 *
 * @param module the library that leads to it (PKCS #11)
 * @param label what the token is called
 * @param pin of its user
 */
public record TokenSettings(Path module, String label, Pin pin) {
  /** Characters of the longest label (CK_TOKEN_INFO). */
  public static final int MOST_LABEL = 32;

  /** Who knows the PIN; asked each time that it is needed, for it may be put right meanwhile. */
  @FunctionalInterface
  public interface Pin {
    /**
     * The PIN.
     *
     * @throws IOException with a sentence, if it can't be had
     */
    String read() throws IOException;
  }

  @Override
  public String toString() {
    return "TokenSettings[module=" + module + ", label=" + label + "]";
  }
}
