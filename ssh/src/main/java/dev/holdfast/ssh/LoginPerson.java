package dev.holdfast.ssh;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The person who logs in, and is asked for what only he knows; an edge. */
public interface LoginPerson {
  /** Nobody. */
  LoginPerson NOBODY =
      new LoginPerson() {
        @Override
        public @Nullable String answer(String prompt, boolean echo) {
          return null;
        }

        @Override
        public @Nullable String password() {
          return null;
        }

        @Override
        public void tell(String text) {}
      };

  /**
   * Asks a question of the server's (RFC 4256 3.2); null if nobody answers.
   *
   * @param echo whether the answer may be seen
   */
  @Nullable String answer(String prompt, boolean echo);

  /** Asks for the password; null if nobody answers. */
  @Nullable String password();

  /** Shows what the server says before the login, which may be in several lines. */
  void tell(String text);

  /** The names of the ways to log in (RFC 4252), in the order in which they are tried. */
  default List<String> methods() {
    return List.of("publickey", "keyboard-interactive", "password");
  }

  /** How often a password is asked for, and questions are. */
  default int tries() {
    return 3;
  }
}
