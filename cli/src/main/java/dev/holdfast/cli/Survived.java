package dev.holdfast.cli;

import dev.holdfast.link.ClientEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What a stream lived through: which fault, and how long until bytes flowed again. Thread-safe. */
final class Survived implements Consumer<ClientEvent> {
  private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
  private final Map<Fault, List<Long>> mended = new EnumMap<>(Fault.class);
  private Fault last = Fault.RESET;
  private long lastAt;
  private boolean open;

  /** A fault is about to happen. */
  synchronized void happens(Fault fault) {
    happened.merge(fault, 1, Integer::sum);
    last = fault;
    lastAt = System.nanoTime();
    open = true;
  }

  @Override
  public synchronized void accept(ClientEvent event) {
    if (event instanceof ClientEvent.Resumed) {
      resumed();
    }
  }

  /** The stream has a link again. */
  synchronized void resumed() {
    if (open) {
      open = false;
      mended
          .computeIfAbsent(last, fault -> new ArrayList<>())
          .add(Duration.ofNanos(System.nanoTime() - lastAt).toMillis());
    }
  }

  /** Whether the last fault was mended. */
  synchronized boolean isMended() {
    return !open;
  }

  /** How many faults there were. */
  synchronized int faults() {
    return happened.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many there were, in words. */
  synchronized String words() {
    int restarts = happened.getOrDefault(Fault.RESTART, 0);
    int cuts = faults() - restarts;
    return "%d %s of the link and %d %s of the proxy"
        .formatted(
            cuts, cuts == 1 ? "cut" : "cuts", restarts, restarts == 1 ? "restart" : "restarts");
  }

  /** A table of it all. */
  synchronized String table() {
    StringBuilder table = new StringBuilder();
    line(table, "what happened", "times", "flowed again after (median)", "(worst)");
    for (Map.Entry<Fault, Integer> entry : happened.entrySet()) {
      List<Long> millis = mended.getOrDefault(entry.getKey(), List.of()).stream().sorted().toList();
      String median = millis.isEmpty() ? "-" : millis.get(millis.size() / 2) + " ms";
      String worst = millis.isEmpty() ? "-" : millis.getLast() + " ms";
      line(table, entry.getKey().words(), entry.getValue().toString(), median, worst);
    }
    return table.toString();
  }

  private static void line(
      StringBuilder table, String what, String times, String median, String worst) {
    table.append(String.format(Locale.ROOT, "%-28s %6s %28s %9s%n", what, times, median, worst));
  }
}
