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

  /** Says why nobody is let in and that it is of no use to try again on this connection. */
  default void end(String sentence) throws IOException {
    ask("", sentence, List.of());
  }

  /** Whether nobody is there any more, for who has something else to wait for between questions. */
  default boolean isOver() {
    return false;
  }
}
