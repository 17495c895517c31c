package dev.holdfast.client;

/**
 * A line of a configuration that can't be understood; the message is a sentence that does not yet
 * say where the line stands.
 */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String sentence) {
    super(sentence);
  }

  BadValue(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
