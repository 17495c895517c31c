package dev.holdfast.ssh;

import org.jspecify.annotations.Nullable;

/** One line of an {@code authorized_keys} file (sshd(8)). */
record AuthorizedKey(KeyOptions options, SshPublicKey key) {
  /** Characters of the longest line that is read. */
  static final int MOST_LINE = 128 * 1024;

  /** Reads a line, which is {@link ByteText}; null if it is empty or a comment. */
  static @Nullable AuthorizedKey parse(String line) throws MalformedKeyException {
    if (line.length() > MOST_LINE) {
      throw new MalformedKeyException("it has more than " + MOST_LINE + " characters");
    }
    int begin = skipBlanks(line, 0);
    if (begin == line.length() || line.charAt(begin) == '#') {
      return null;
    }
    SshPublicKey key = key(line, begin);
    if (key != null) {
      return new AuthorizedKey(KeyOptions.NONE, key);
    }
    int end = skipOptions(line, begin);
    key = key(line, skipBlanks(line, end));
    if (key == null) {
      throw new MalformedKeyException("it has no key of a type that is known");
    }
    return new AuthorizedKey(KeyOptions.parse(line.substring(begin, end)), key);
  }

  /** The key that begins at {@code begin}; null if there is no key's type. */
  private static @Nullable SshPublicKey key(String line, int begin) throws MalformedKeyException {
    int typeEnd = skipWord(line, begin);
    String type = line.substring(begin, typeEnd);
    if (!SshPublicKey.PLAIN_TYPES.contains(type)) {
      return null;
    }
    int bytes = skipBlanks(line, typeEnd);
    return SshPublicKey.of(type, line.substring(bytes, skipWord(line, bytes)));
  }

  private static int skipBlanks(String line, int from) {
    int at = from;
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int skipWord(String line, int from) {
    int at = from;
    while (at < line.length() && !isBlank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Behind the options: at the first blank outside quotes. */
  private static int skipOptions(String line, int from) throws MalformedKeyException {
    boolean quoted = false;
    int at = from;
    while (at < line.length() && (quoted || !isBlank(line.charAt(at)))) {
      if (line.startsWith("\\\"", at)) {
        at++;
      } else if (line.charAt(at) == '"') {
        quoted = !quoted;
      }
      at++;
    }
    if (quoted) {
      throw new MalformedKeyException("a quote in its options is not closed");
    }
    return at;
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }
}
