package dev.holdfast.ssh;

import java.io.IOException;

/** What decides about passwords and accounts besides us: PAM. May block. Thread-safe. */
public interface Passwords {
  /** Accepts nobody's password and refuses nobody's account. */
  Passwords NONE =
      new Passwords() {
        @Override
        public boolean authenticate(Login login, Dialogue dialogue) {
          return false;
        }

        @Override
        public boolean allows(Login login) {
          return true;
        }
      };

  /**
   * Whether the person behind {@code dialogue} is who he says. Also asked for names that no account
   * has, so that it takes as long.
   */
  boolean authenticate(Login login, Dialogue dialogue) throws IOException;

  /** Whether the account may be used now: it is neither locked nor has it expired. */
  boolean allows(Login login) throws IOException;
}
