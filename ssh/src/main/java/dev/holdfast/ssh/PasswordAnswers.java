package dev.holdfast.ssh;

import java.io.IOException;
import java.util.List;

/** A dialogue with a client that gave its password at once: it answers what is asked unseen. */
final class PasswordAnswers implements Dialogue {
  private final String password;

  PasswordAnswers(String password) {
    this.password = password;
  }

  /** Fails at a question whose answer would be shown: that is not for a password. */
  @Override
  public List<String> ask(String name, String instruction, List<Question> questions)
      throws IOException {
    if (questions.size() > 1 || questions.stream().anyMatch(Question::echo)) {
      throw new IOException("more than a password is asked for");
    }
    return questions.stream().map(question -> password).toList();
  }
}
