package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A mapping in a configuration file, from which a reader takes the keys that it knows. What is
 * wrong is noted with its place, and reading goes on with the usual value, so that all of it is
 * found at once. Confined to one thread.
 */
final class Section {
  private final String file;
  private final String name;
  private final Problems problems;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  private record Entry(Place place, Node value) {}

  /**
   * One value with its place.
   *
   * @param key as it is written
   */
  record Written(String key, String value, Place place) {}

  private Section(String file, String name, Problems problems) {
    this.file = file;
    this.name = name;
    this.problems = problems;
  }

  /** The section of a node that should be a mapping; none of it if it is something else. */
  static Section of(String file, String name, @Nullable Node node, Problems problems) {
    Section section = new Section(file, name, problems);
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(section::add);
    } else if (node != null && !isNull(node)) {
      problems.add(place(file, node), section.title() + " must be made of lines 'key: value'");
    }
    return section;
  }

  private void add(NodeTuple tuple) {
    Place place = place(file, tuple.getKeyNode());
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      problems.add(place, "a key has to be a word");
      return;
    }
    Entry before = entries.putIfAbsent(key.getValue(), new Entry(place, tuple.getValueNode()));
    if (before != null) {
      problems.add(
          place,
          "'%s' is here a second time; the first is in line %d"
              .formatted(key.getValue(), before.place.line()));
    }
  }

  /** A note that the value of {@code key} can't be, unless it is missing. */
  void wrong(String key, String sentence) {
    Entry entry = entries.get(key);
    if (entry == null) {
      problems.add(title() + ": " + sentence);
    } else {
      problems.add(place(file, entry.value), key + ": " + sentence);
    }
  }

  // ---- taking ----

  /** The value of {@code key}, or {@code usual} where there is none. */
  <T> T value(String key, ITypeConverter<T> how, T usual) {
    return value(key, how).orElse(usual);
  }

  /** The value of {@code key}, if there is one. */
  <T> Optional<T> value(String key, ITypeConverter<T> how) {
    Entry entry = take(key);
    return entry == null ? Optional.empty() : convert(key, entry.value, how);
  }

  /** The values of {@code key}, one or a list, or {@code usual} where there is none. */
  <T> List<T> list(String key, ITypeConverter<T> how, List<T> usual) {
    Entry entry = take(key);
    if (entry == null) {
      return usual;
    }
    List<T> values = new ArrayList<>();
    for (Node node : nodes(entry.value)) {
      convert(key, node, how).ifPresent(values::add);
    }
    return List.copyOf(values);
  }

  /** Whether {@code key} is there, whatever stands under it. */
  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The section under {@code key}, which may be empty or missing. */
  Section section(String key) {
    Entry entry = take(key);
    return of(file, key, entry == null ? null : entry.value, problems);
  }

  /** All keys, in their order; asking takes none of them. */
  List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  /** What stands under the keys that nobody took and {@code which} accepts, each value alone. */
  List<Written> rest(Predicate<String> which) {
    List<Written> rest = new ArrayList<>();
    for (String key : List.copyOf(entries.keySet())) {
      if (!known.contains(key) && which.test(key)) {
        Entry entry = take(key);
        for (Node node : entry == null ? List.<Node>of() : nodes(entry.value)) {
          scalar(key, node)
              .ifPresent(value -> rest.add(new Written(key, value, place(file, node))));
        }
      }
    }
    return rest;
  }

  /** Nothing more is known: keys that nobody took are wrong. */
  void end() {
    entries.forEach((key, entry) -> {
      if (!known.contains(key)) {
        problems.add(
            entry.place, "there is no key '%s' in %s%s".formatted(key, title(), near(key)));
      }
    });
  }

  private @Nullable Entry take(String key) {
    known.add(key);
    return entries.get(key);
  }

  private <T> Optional<T> convert(String key, Node node, ITypeConverter<T> how) {
    Optional<String> text = scalar(key, node);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(how.convert(text.get()));
    } catch (TypeConversionException e) {
      problems.add(place(file, node), key + ": " + e.getMessage());
    } catch (Exception e) {
      problems.add(place(file, node), key + ": '" + text.get() + "' is not possible");
    }
    return Optional.empty();
  }

  private Optional<String> scalar(String key, Node node) {
    if (node instanceof ScalarNode scalar && !isNull(node)) {
      return Optional.of(scalar.getValue());
    }
    problems.add(place(file, node), "'" + key + "' needs a value");
    return Optional.empty();
  }

  private static List<Node> nodes(Node value) {
    return value instanceof SequenceNode sequence ? sequence.getValue() : List.of(value);
  }

  // ---- words ----

  private String title() {
    return name.isEmpty() ? "the file" : "the section '" + name + "'";
  }

  /** A known key that is written the same but for case, dashes and underscores. */
  private String near(String key) {
    return known.stream()
        .filter(it -> bare(it).equals(bare(key)))
        .findFirst()
        .map(it -> "; '" + it + "' is meant")
        .orElse("");
  }

  private static String bare(String key) {
    return key.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static Place place(String file, Node node) {
    Mark mark = node.getStartMark().orElseThrow();
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
