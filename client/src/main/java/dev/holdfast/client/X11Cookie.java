package dev.holdfast.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What lets programs use a display, as xauth(1) knows it, and what is told to a server in its
 * place: the server never learns the real one (ssh(1), -X; channels.c, x11_open_helper).
 *
 * @param protocol such as MIT-MAGIC-COOKIE-1
 * @param real the cookie that the display takes; empty if it takes anybody
 * @param told the cookie that the server is told, of the same length
 */
record X11Cookie(String protocol, byte[] real, byte[] told) {
  /** Bytes of a cookie where the display has none. */
  private static final int USUAL_BYTES = 16;

  private static final int MOST_BYTES = 256;
  private static final int MOST_OUTPUT = 64 * 1024;
  private static final long MOST_SECONDS = 20;
  private static final String USUAL = "MIT-MAGIC-COOKIE-1";

  /** A server's programs may live a little longer than they may connect (clientloop.c). */
  private static final Duration SLACK = Duration.ofMinutes(1);

  /**
   * The cookie of a display.
   *
   * @param untrusted how long one with fewer rights is to hold; nothing for the display's own
   */
  static X11Cookie of(Path xauth, String display, Optional<Duration> untrusted) throws IOException {
    if (!Files.isExecutable(xauth)) {
      return fresh(USUAL, new byte[0]);
    }
    if (untrusted.isEmpty()) {
      return parse(run(xauth.toString(), "list", display));
    }
    Path directory = Files.createTempDirectory("holdfast-x11");
    Path file = directory.resolve("xauthfile");
    try {
      String seconds = Long.toString(untrusted.get().plus(SLACK).toSeconds());
      String all = file.toString();
      run(
          xauth.toString(),
          "-q",
          "-f",
          all,
          "generate",
          display,
          USUAL,
          "untrusted",
          "timeout",
          seconds);
      X11Cookie cookie = parse(run(xauth.toString(), "-q", "-f", all, "list", display));
      if (cookie.real.length == 0) {
        throw new IOException(
            "untrusted X11 forwarding setup failed: xauth key data not generated");
      }
      return cookie;
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
  }

  /** The first line of xauth's list: display, protocol, cookie in hex. */
  static X11Cookie parse(String list) {
    String[] words = list.strip().split("\\s+", 4);
    boolean isEntry = words.length >= 3 && words[2].matches("([0-9a-fA-F]{2}){1,256}");
    return isEntry ? fresh(words[1], HexFormat.of().parseHex(words[2])) : fresh(USUAL, new byte[0]);
  }

  private static X11Cookie fresh(String protocol, byte[] real) {
    byte[] told = new byte[real.length == 0 ? USUAL_BYTES : Math.min(real.length, MOST_BYTES)];
    new SecureRandom().nextBytes(told);
    return new X11Cookie(protocol, real, told);
  }

  /** For the server. */
  String toldInHex() {
    return HexFormat.of().formatHex(told);
  }

  private static String run(String... words) throws IOException {
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      byte[] said = process.getInputStream().readNBytes(MOST_OUTPUT);
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new String(said, StandardCharsets.US_ASCII);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public String toString() {
    return "X11Cookie[" + protocol + "]";
  }
}
