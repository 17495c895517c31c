package dev.holdfast.browser;

import java.util.List;
import java.util.Set;

/**
 * A program that runs on the server.
 *
 * @param name the kernel's name of it, of at most 15 characters
 * @param arguments as it was started, or nothing; they may hold secrets and are never shown
 * @param directory where it works, or nothing
 */
record ServerProgram(String name, String arguments, String directory) {
  static final ServerProgram UNKNOWN = new ServerProgram("", "", "");

  /** Characters of a label. */
  static final int MOST_LABEL = 60;

  /** What runs the programs of others: those are what a person knows them by. */
  private static final Set<String> INTERPRETERS =
      Set.of(
          "python", "node", "nodejs", "ruby", "perl", "php", "java", "deno", "bun", "sh", "bash");

  /** What a person calls it: the module or script for what an interpreter runs, else its name. */
  String label() {
    List<String> words = List.of(arguments.split(" +"));
    String first = base(words.getFirst());
    String label = INTERPRETERS.contains(family(first)) ? script(words) : "";
    if (label.isEmpty()) {
      label = name.isEmpty() ? first : name;
    }
    return label.length() > MOST_LABEL ? label.substring(0, MOST_LABEL) : label;
  }

  private static String script(List<String> words) {
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if ((word.equals("-m") || word.equals("-jar")) && i + 1 < words.size()) {
        return base(words.get(i + 1));
      }
      if (word.equals("-e") || word.equals("-c")) {
        return "";
      }
      if (!word.startsWith("-") && !word.isEmpty()) {
        return base(word);
      }
    }
    return "";
  }

  private static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** {@code python3.11} is a python. */
  private static String family(String program) {
    return program.replaceFirst("[0-9.]*$", "");
  }
}
