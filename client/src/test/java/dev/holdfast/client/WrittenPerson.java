package dev.holdfast.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A person whose answers are known beforehand and who remembers what was said. */
final class WrittenPerson implements HostKeyAsker {
  final List<String> told = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  private final Queue<String> answers;

  WrittenPerson(String... answers) {
    this.answers = new ArrayDeque<>(List.of(answers));
  }

  @Override
  public void tell(String text) {
    text.lines().forEach(told::add);
  }

  @Override
  public @Nullable String ask(String prompt) {
    asked.add(prompt);
    return answers.poll();
  }
}
