package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** A call that came to nothing; the message is a sentence for the caller. */
public final class ApiFailure extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Why, as JSON-RPC numbers it (5.1); from -32000 on ours. */
  public enum Code {
    NOT_JSON(-32700),
    NO_REQUEST(-32600),
    NO_METHOD(-32601),
    WRONG_PARAMETERS(-32602),
    INTERNAL(-32603),
    /** The caller may not. */
    REFUSED(-32000),
    /** There is nothing of that name. */
    NOT_FOUND(-32001),
    /** It can't be as things are. */
    CONFLICT(-32002),
    /** The service lacks its database; later it works. */
    UNAVAILABLE(-32003);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }

    static Code of(int number) {
      for (Code one : values()) {
        if (one.number == number) {
          return one;
        }
      }
      return INTERNAL;
    }
  }

  private final Code code;

  ApiFailure(Code code, String sentence) {
    super(sentence);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /** The sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
