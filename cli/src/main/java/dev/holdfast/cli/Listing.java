package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** How a list is written. */
final class Listing {
  /** The forms. */
  enum Format {
    TEXT,
    JSON,
    YAML,
    NAMES
  }

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, json, yaml or names; text unless given.")
  private Format format;

  /**
   * Writes a list.
   *
   * @param titles of the columns
   * @param row of one of them; the first is its name
   */
  <T extends Record> void print(
      PrintWriter out, List<T> all, List<String> titles, Function<T, List<String>> row) {
    switch (format) {
      case JSON -> out.println(new Json.Items(all.stream().map(Records::write).toList()).line());
      case YAML -> out.print(YamlText.of(all.stream().map(Records::write).toList()));
      case NAMES -> all.forEach(one -> out.println(row.apply(one).getFirst()));
      case TEXT -> table(out, titles, all.stream().map(row).toList());
    }
    out.flush();
  }

  static void table(PrintWriter out, List<String> titles, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(titles);
    all.addAll(rows);
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = all.stream().mapToInt(one -> one.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
