package dev.holdfast.ssh;

import org.jspecify.annotations.Nullable;

/**
 * One line of an {@code AuthorizedPrincipalsFile} (sshd_config(5)): a principal, before which there
 * may be options.
 */
record AuthorizedPrincipal(KeyOptions options, String principal) {
  /** Reads a line, which is {@link ByteText}; null if it is empty or a comment. */
  static @Nullable AuthorizedPrincipal parse(String text) throws MalformedKeyException {
    if (text.length() > AuthorizedKey.MOST_LINE) {
      throw new MalformedKeyException("it is longer than a line may be");
    }
    int comment = text.indexOf('#');
    String line = (comment < 0 ? text : text.substring(0, comment)).strip();
    if (line.isEmpty()) {
      return null;
    }
    int blank = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
    KeyOptions options =
        blank < 0 ? KeyOptions.NONE : KeyOptions.parse(line.substring(0, blank).strip());
    return new AuthorizedPrincipal(options, line.substring(blank + 1));
  }
}
