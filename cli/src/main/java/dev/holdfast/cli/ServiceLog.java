package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.link.GateEvent;
import dev.holdfast.proxy.ProxyLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a service writes to standard error, a line for each event: for people, or as JSON with every
 * field of the event. systemd's journal notes the time by itself and is told the level instead
 * (sd-daemon(3)). Nobody waits for who reads it, but the end of the service, a little. Thread-safe.
 */
final class ServiceLog implements Closeable {
  /** How long the end waits for the last lines to be read. */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  /** How much somebody should care; the numbers are syslog's. */
  enum Level {
    /** The service itself failed at something. */
    ERROR(3),
    /** Somebody was turned away, or something has to be looked after. */
    WARN(4),
    /** What clients do. */
    INFO(6),
    /** How the service is set up. */
    DEBUG(7);

    private final int priority;

    Level(int priority) {
      this.priority = priority;
    }
  }

  /** The text of a line. */
  enum Format {
    /** A line of words. */
    TEXT,
    /** A JSON object. */
    JSON
  }

  private final LogLines lines;
  private final boolean journal;
  private volatile Level least = Level.INFO;
  private volatile Format format = Format.TEXT;

  /**
   * A log.
   *
   * @param journal whether systemd's journal reads it
   */
  ServiceLog(PrintWriter err, boolean journal) {
    this.journal = journal;
    lines = new LogLines(err, this::gap);
  }

  /** The log of the service that this process is. */
  static ServiceLog to(PrintWriter err) {
    return new ServiceLog(err, isJournal(System.getenv("JOURNAL_STREAM")));
  }

  /** Logs nothing less than {@code leastLevel} from now on, in that format. */
  void change(Level leastLevel, Format nextFormat) {
    least = leastLevel;
    format = nextFormat;
  }

  /** Something happened at a gate, or where a node is reached. */
  void event(GateEvent event) {
    write(level(event), event, event.text());
  }

  /** Something happened in a node. */
  void event(NodeEvent event) {
    write(event instanceof NodeEvent.LoginRefused ? Level.WARN : Level.INFO, event, event.text());
  }

  private void write(Level level, Object event, String text) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      put(fields, component.getName(), value(component, event));
    }
    write(level, event.getClass().getSimpleName().toLowerCase(Locale.ROOT), text, fields);
  }

  /** Something happened in a proxy, or on the way to one. */
  void say(ProxyLog.Weight weight, String name, String text) {
    Level level =
        switch (weight) {
          case DETAIL -> Level.DEBUG;
          case NEWS -> Level.INFO;
          case WARNING -> Level.WARN;
        };
    say(level, name, text);
  }

  /** Something happened around it. */
  void say(Level level, String name, String text) {
    write(level, name, text, Map.of());
  }

  /** Whether anything of that level is written. */
  boolean writes(Level level) {
    return level.compareTo(least) <= 0;
  }

  /**
   * A module of ours said something.
   *
   * @param thrown what failed, if it is a defect
   */
  void said(Level level, String module, String text, @Nullable Throwable thrown) {
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "thrown", level == Level.ERROR ? thrown : null);
    write(level, module, text, fields);
  }

  private static Level level(GateEvent event) {
    return switch (event) {
      case GateEvent.Fault it -> Level.ERROR;
      case GateEvent.Unreachable it -> Level.WARN;
      case GateEvent.Refused it -> Level.WARN;
      case GateEvent.Listening it -> Level.INFO;
      case GateEvent.Joined it -> Level.INFO;
      case GateEvent.Left it -> Level.INFO;
      case GateEvent.Opened it -> Level.INFO;
      case GateEvent.Detached it -> Level.INFO;
      case GateEvent.Resumed it -> Level.INFO;
      case GateEvent.Ended it -> Level.INFO;
      case GateEvent.Passed it -> Level.INFO;
    };
  }

  private static @Nullable Object value(RecordComponent component, Object event) {
    try {
      return component.getAccessor().invoke(event);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record without its accessor", e);
    }
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    switch (value) {
      case null -> {}
      case Duration time -> fields.put(name + "Seconds", time.toMillis() / 1000.0);
      case SocketAddress address -> fields.put(name, GateEvent.name(address));
      case Throwable thrown -> fields.put(name, trace(thrown));
      default -> fields.put(name, value);
    }
  }

  private void write(Level level, String name, String text, Map<String, Object> fields) {
    if (writes(level)) {
      lines.add(line(level, name, text, fields));
    }
  }

  private String gap(long leftOut) {
    String text = leftOut + " lines were left out here, since nobody read this log";
    return line(Level.WARN, "log", text, Map.of());
  }

  private String line(Level level, String name, String text, Map<String, Object> fields) {
    String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    String line =
        switch (format) {
          case JSON -> json(time, level, name, text, fields);
          case TEXT -> (journal ? "" : time + " ") + text + stack(fields);
        };
    return journal ? "<" + level.priority + ">" + line : line;
  }

  private static String stack(Map<String, Object> fields) {
    return fields.containsKey("thrown") ? System.lineSeparator() + fields.get("thrown") : "";
  }

  private static String json(
      String time, Level level, String name, String text, Map<String, Object> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("time", time);
    all.put("level", level.name().toLowerCase(Locale.ROOT));
    all.put("event", name);
    all.put("text", text);
    all.putAll(fields);
    return Json.from(all).line();
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString().strip();
  }

  /** The last lines are written, if they are read soon. */
  @Override
  public void close() {
    try {
      lines.flush(LAST_LINES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether standard error is systemd's journal: it says in JOURNAL_STREAM which file that would be
   * (systemd.exec(5)).
   */
  static boolean isJournal(@Nullable String journalStream) {
    if (journalStream == null) {
      return false;
    }
    try {
      Map<String, Object> file = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
      return journalStream.equals(file.get("dev") + ":" + file.get("ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
