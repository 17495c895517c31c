package dev.holdfast.auth;

import java.io.Serial;

/** What a function of a PKCS #11 module returned, if that is not CKR_OK. */
final class TokenFailure extends Exception {
  static final long GENERAL = 0x5;
  static final long NO_SUCH_ATTRIBUTE = 0x12;
  static final long PIN_INCORRECT = 0xa0;
  static final long PIN_INVALID = 0xa1;
  static final long PIN_LENGTH = 0xa2;
  static final long PIN_LOCKED = 0xa4;
  static final long ALREADY_LOGGED_IN = 0x100;
  static final long ALREADY_INITIALIZED = 0x191;

  /** CKR_TOKEN_NOT_PRESENT; also if none has the label. */
  static final long TOKEN_AWAY = 0xe0;

  static final long KEY_MISSING = 0x60;

  @Serial private static final long serialVersionUID = 1L;

  private final long code;

  TokenFailure(long code) {
    super("CKR 0x" + Long.toHexString(code));
    this.code = code;
  }

  /** Whether it was for the PIN. */
  boolean isOfPin() {
    return code == PIN_INCORRECT || code == PIN_INVALID || code == PIN_LENGTH || code == PIN_LOCKED;
  }

  long code() {
    return code;
  }
}
