package dev.holdfast.stream;

/**
 * Why a stream ended before both sides had finished: a value with a text for people.
 *
 * @param reason what happened, for programs
 * @param text one sentence for a person, at most {@value #MOST_TEXT} characters; never a secret,
 *     never a peer's raw bytes
 */
public record End(Reason reason, String text) {
  /** Longest text in characters. */
  public static final int MOST_TEXT = 200;

  /** Kinds of early end. The code is the one on the wire (PROTOCOL.resume-v2, RESET). */
  public enum Reason {
    /** The program at the other side is gone. */
    CLOSED(0),
    /** No link came back within the patience of the server. */
    TIMED_OUT(1),
    /** The server needed the memory or the place for others. */
    EVICTED(2),
    /** The server could not reach the service behind it. */
    UNREACHABLE(3),
    /** Both ends disagree about what was delivered: going on would lose bytes. */
    OUT_OF_STEP(4),
    /** The server ended it on purpose. */
    SHUT_DOWN(5);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    /** The code on the wire. */
    public int code() {
      return code;
    }

    /** The reason of a code; an unknown code of a newer peer reads as {@link #CLOSED}. */
    static Reason of(int code) {
      for (Reason reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      return CLOSED;
    }
  }

  /**
   * Cuts the text to its bound and makes control characters spaces, since it may come from a peer.
   */
  public End {
    String clean = text.replaceAll("\\p{Cc}", " ");
    text = clean.length() > MOST_TEXT ? clean.substring(0, MOST_TEXT) : clean;
  }
}
