package dev.holdfast.ssh;

import java.util.regex.Pattern;

/**
 * A server's identification string on one connection (RFC 4253 4.2), which both sides hash into the
 * key exchange.
 *
 * @param line the string, from "SSH-2.0-" on, without CR LF
 * @param sent whether somebody has sent it already, with its CR LF; SSH does it otherwise
 */
public record Identification(String line, boolean sent) {
  /** RFC 4253 4.2: 255 characters with CR LF. */
  public static final int MOST_CHARACTERS = 253;

  private static final Pattern FORM = Pattern.compile("SSH-2\\.0-[!-~&&[^-]][ -~]*");

  public Identification {
    if (line.length() > MOST_CHARACTERS || !FORM.matcher(line).matches()) {
      throw new IllegalArgumentException("not an SSH identification string: " + line);
    }
  }
}
