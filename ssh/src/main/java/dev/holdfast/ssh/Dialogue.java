package dev.holdfast.ssh;

import java.io.IOException;
import java.util.List;

/** Questions to somebody who wants to log in (RFC 4256). */
@FunctionalInterface
public interface Dialogue {
  /** Questions in one go. */
  int MOST_QUESTIONS = 32;

  /**
   * A question.
   *
   * @param text what is shown
   * @param echo whether the answer is shown while it is typed
   */
  record Question(String text, boolean echo) {}

  /**
   * Asks and waits for the answers, one for each question. Without questions it only shows the
   * text.
   *
   * @param name a heading, may be empty
   * @param instruction may be empty
   * @throws IOException if nobody answers any more
   */
  List<String> ask(String name, String instruction, List<Question> questions) throws IOException;
}
