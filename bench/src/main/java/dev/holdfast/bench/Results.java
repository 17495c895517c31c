package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that one run measured, in order, and how it is shown. Confined to one thread. */
final class Results {

  /** What was measured, in which unit. */
  record Measure(String name, String unit) {}

  private final Set<String> bases;
  private final Map<Measure, Map<String, List<Double>>> values = new LinkedHashMap<>();
  private final List<String> remarks = new ArrayList<>();

  /** Starts an empty set; ratios will be to the contender with that label. */
  Results(String base) {
    this(Set.of(base));
  }

  /** The same where there is one of several for each measure. */
  Results(Set<String> bases) {
    this.bases = Set.copyOf(bases);
  }

  /** Adds one repetition's value. The nth values of all contenders are of the same repetition. */
  void add(Measure measure, Path path, double value) {
    add(measure, path.label(), value);
  }

  /** The same for a contender with that label. */
  void add(Measure measure, String label, double value) {
    values
        .computeIfAbsent(measure, any -> new LinkedHashMap<>())
        .computeIfAbsent(label, any -> new ArrayList<>())
        .add(value);
  }

  /** Adds a sentence for the reader: something that could not be measured, and why. */
  void remark(String sentence) {
    remarks.add(sentence);
  }

  /** Returns the table for people. */
  String table() {
    var table =
        new Table(
            3, "measure", "unit", "path", "median", "least", "most", "n", "ratio", "least", "most");
    values.forEach((measure, paths) ->
        paths.forEach((label, list) -> {
          var figures = new Figures(list);
          Figures ratio = ratio(paths, label);
          table.add(
              measure.name(),
              measure.unit(),
              label,
              number(figures.median()),
              number(figures.least()),
              number(figures.greatest()),
              Integer.toString(list.size()),
              ratio == null ? "" : number(ratio.median()),
              ratio == null ? "" : number(ratio.least()),
              ratio == null ? "" : number(ratio.greatest()));
        }));
    return table + String.join("\n", remarks) + (remarks.isEmpty() ? "" : "\n");
  }

  /** Returns the same for JSON, with every single value. */
  List<Object> json() {
    var rows = new ArrayList<Object>();
    values.forEach((measure, paths) ->
        paths.forEach((label, list) -> {
          var row = new LinkedHashMap<String, Object>();
          row.put("measure", measure.name());
          row.put("unit", measure.unit());
          row.put("path", label);
          row.put("values", List.copyOf(list));
          row.putAll(summary(new Figures(list)));
          Figures ratio = ratio(paths, label);
          if (ratio != null) {
            row.put("ratio", summary(ratio));
          }
          rows.add(row);
        }));
    return rows;
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** Returns three digits that matter, without an exponent. */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private @Nullable Figures ratio(Map<String, List<Double>> paths, String label) {
    String base = paths.keySet().stream().filter(bases::contains).findFirst().orElse("");
    List<Double> baseValues = paths.get(base);
    List<Double> own = paths.getOrDefault(label, List.of());
    if (label.equals(base) || baseValues == null || baseValues.size() != own.size()) {
      return null;
    }
    return new Figures(own).over(new Figures(baseValues));
  }

  private static Map<String, Object> summary(Figures figures) {
    var summary = new LinkedHashMap<String, Object>();
    summary.put("median", figures.median());
    summary.put("least", figures.least());
    summary.put("most", figures.greatest());
    return summary;
  }
}
