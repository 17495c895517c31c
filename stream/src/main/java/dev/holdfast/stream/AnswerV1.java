package dev.holdfast.stream;

/**
 * What a resume v1 server says to a client that wants its stream back: one byte
 * (PROTOCOL.resume-v1, section 4).
 */
public enum AnswerV1 {
  /** The stream is here; positions follow. */
  ACCEPTED(0, false),
  /** No such stream, or no longer: final. */
  NOT_FOUND(1, true),
  /** Not from this address: another network may do. */
  BAD_ADDRESS(2, false),
  /** A byte that means nothing in this version: final. */
  UNINTELLIGIBLE(0xff, true);

  private final int code;
  private final boolean isFinal;

  AnswerV1(int code, boolean isFinal) {
    this.code = code;
    this.isFinal = isFinal;
  }

  /** Whether trying again is pointless. */
  public boolean isFinal() {
    return isFinal;
  }

  /** The byte to send. */
  public byte[] encoded() {
    return new byte[] {(byte) code};
  }

  static AnswerV1 of(byte code) {
    return switch (code) {
      case 0 -> ACCEPTED;
      case 1 -> NOT_FOUND;
      case 2 -> BAD_ADDRESS;
      default -> UNINTELLIGIBLE;
    };
  }
}
