package dev.holdfast.client;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** In place of a person where nobody is: what would be asked is noted, and has no answer. */
final class Nobody extends Prompts {
  private final Consumer<String> told;
  private final Consumer<String> asked;

  /**
   * Nobody.
   *
   * @param told hears what a person would be told
   * @param asked hears what a person would be asked
   */
  Nobody(Consumer<String> told, Consumer<String> asked) {
    super(Map.of(), new PrintStream(OutputStream.nullOutputStream()), true);
    this.told = told;
    this.asked = asked;
  }

  @Override
  public void tell(String text) {
    told.accept(text);
  }

  @Override
  @Nullable String answer(String prompt, boolean echo) {
    asked.accept(prompt);
    return null;
  }
}
