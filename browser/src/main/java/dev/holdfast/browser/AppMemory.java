package dev.holdfast.browser;

import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a person's choices were among the apps of one login: favourites, and when each was last
 * used. A file with a line for each app: {@code id favourite|- seconds}. Thread-safe.
 */
final class AppMemory {
  /** Apps that are remembered; of others, those used longest ago are forgotten. */
  static final int MOST = 200;

  private static final int MOST_BYTES = 64 * 1024;

  /** Seconds between two notes of a use of the same app. */
  private static final long LEAST_APART = 60;

  /**
   * What is remembered of one.
   *
   * @param lastUsed seconds since 1970, or 0
   */
  record Entry(boolean isFavourite, long lastUsed) {}

  private static final Entry NONE = new Entry(false, 0);

  private final Path file;
  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();

  private AppMemory(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** What {@code file} holds, or nothing if there is none. */
  static AppMemory of(Path file, Clock clock) throws IOException {
    AppMemory memory = new AppMemory(file, clock);
    if (Files.exists(file) && Files.size(file) <= MOST_BYTES) {
      Files.readAllLines(file).forEach(memory::read);
    }
    return memory;
  }

  private void read(String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 3 && entries.size() < MOST) {
      long used = Math.max(0, ListenerLines.number(words[2]));
      entries.put(words[0], new Entry(words[1].equals("favourite"), used));
    }
  }

  synchronized Entry of(String id) {
    return entries.getOrDefault(id, NONE);
  }

  synchronized void favour(String id, boolean isFavourite) throws IOException {
    entries.put(id, new Entry(isFavourite, of(id).lastUsed()));
    write();
  }

  /** Notes that it is used now; whether that was news. */
  synchronized boolean use(String id) throws IOException {
    long now = clock.instant().getEpochSecond();
    if (now - of(id).lastUsed() < LEAST_APART) {
      return false;
    }
    entries.put(id, new Entry(of(id).isFavourite(), now));
    write();
    return true;
  }

  private void write() throws IOException {
    List<Map.Entry<String, Entry>> kept = new ArrayList<>(entries.entrySet());
    kept.sort(
        Comparator.<Map.Entry<String, Entry>, Boolean>comparing(it -> !it.getValue().isFavourite())
            .thenComparingLong(it -> -it.getValue().lastUsed()));
    kept.subList(Math.min(MOST, kept.size()), kept.size())
        .forEach(it -> entries.remove(it.getKey()));
    StringBuilder text = new StringBuilder();
    kept.subList(0, Math.min(MOST, kept.size()))
        .forEach(it ->
            text.append(it.getKey())
                .append(it.getValue().isFavourite() ? " favourite " : " - ")
                .append(it.getValue().lastUsed())
                .append('\n'));
    WholeFile.replace(file, text.toString(), WholeFile.OWN);
  }
}
