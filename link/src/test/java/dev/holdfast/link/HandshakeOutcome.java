package dev.holdfast.link;

/**
 * What came of a handshake with a proxy that said these bytes.
 *
 * @param taken how many of them were read
 * @param failure its sentence, or empty
 */
record HandshakeOutcome(boolean isOpen, int taken, String failure) {
  /** A sentence is not longer than this, whatever the proxy says. */
  private static final int MAX_SENTENCE_LENGTH = 200;

  static HandshakeOutcome of(ProxyHandshake handshake, byte[] answer, int portion) {
    HandshakeBytes bytes = new HandshakeBytes(handshake);
    try {
      int taken = bytes.feed(answer, portion);
      return new HandshakeOutcome(bytes.isOpen(), taken, "");
    } catch (DialException e) {
      String sentence = e.failure().text();
      boolean isPlain = sentence.chars().allMatch(c -> c >= ' ' && c < 127);
      if (!isPlain || sentence.length() > MAX_SENTENCE_LENGTH || sentence.contains("secret")) {
        throw new AssertionError("not a sentence for people: " + sentence, e);
      }
      return new HandshakeOutcome(false, 0, sentence);
    }
  }
}
