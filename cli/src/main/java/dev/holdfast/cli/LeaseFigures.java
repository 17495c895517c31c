package dev.holdfast.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** How often connections were refused or ended for the sake of limits. Thread-safe. */
final class LeaseFigures implements Consumer<String> {
  /** What is counted, and what each means. */
  private static final Map<String, String> HELP =
      Map.of(
          "limit", "Connections refused as all that the roles allow are open.",
          "unreachable", "Limited connections refused as nobody could count.",
          "busy", "Limited connections refused as the database was too busy.",
          "locked", "Limited connections refused as the user is locked.",
          "sessions", "Sessions refused as the connection has as many as it may have.",
          "lost", "Limited connections ended as nobody could count for too long.",
          "removed", "Limited connections ended as somebody wanted it.",
          "gone", "Limited connections ended as they were counted no more.",
          "uncounted", "Times that a limited connection was let be uncounted.");

  private final Map<String, AtomicLong> counts = new LinkedHashMap<>();

  LeaseFigures() {
    HELP.keySet().stream().sorted().forEach(name -> counts.put(name, new AtomicLong()));
  }

  @Override
  public void accept(String name) {
    AtomicLong count = counts.get(name);
    if (count != null) {
      count.incrementAndGet();
    }
  }

  /** Shows them by their names. */
  void show(Metrics.Figures metrics) {
    counts.forEach(
        (name, count) -> metrics.count("limits_" + name, HELP.getOrDefault(name, ""), count::get));
  }
}
