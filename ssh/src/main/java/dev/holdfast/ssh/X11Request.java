package dev.holdfast.ssh;

/**
 * The X11 forwarding that a client asks for (RFC 4254 6.3.1). Its words have been checked: letters,
 * digits and {@code . : / - _} only.
 *
 * @param singleConnection whether only one connection is to be forwarded
 * @param protocol of the authentication, such as "MIT-MAGIC-COOKIE-1"
 * @param cookie a secret, in hex
 * @param screen the number of the screen
 */
public record X11Request(boolean singleConnection, String protocol, String cookie, int screen) {
  /** Characters of a word. */
  static final int MOST_WORD = 1_024;

  public X11Request {
    if (!isWord(protocol) || !isWord(cookie)) {
      throw new IllegalArgumentException("words of an X11 request have not been checked");
    }
  }

  /** Whether xauth takes it as one word. */
  static boolean isWord(String text) {
    return text.length() <= MOST_WORD && text.matches("[A-Za-z0-9.:/_-]+");
  }

  @Override
  public String toString() {
    return "X11Request[protocol=" + protocol + ", screen=" + screen + "]";
  }
}
