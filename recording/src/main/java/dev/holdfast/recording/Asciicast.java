package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Asciinema's file format, versions 2 and 3 (docs.asciinema.org/manual/asciicast). What is not a
 * terminal's is shown on one, with CR before LF. A gap is a marker.
 */
final class Asciicast implements Export {
  private static final long MICRO = 1000;

  private final OutputStream out;
  private final int version;
  private final Map<Event.Way, Utf8> text = new EnumMap<>(Event.Way.class);
  private final Utf8 typed = new Utf8();
  private boolean terminal;
  private boolean begun;
  private long lastMicros;

  Asciicast(OutputStream out, int version) {
    this.out = out;
    this.version = version;
  }

  @Override
  public void add(Event event) throws IOException {
    switch (event.content()) {
      case Event.Start(Json.Members members) -> begin(new About(members));
      case Event.Output(var way, byte[] bytes) -> {
        String said = text.computeIfAbsent(way, it -> new Utf8()).decode(bytes);
        line(event, "o", terminal ? said : said.replace("\n", "\r\n"));
      }
      case Event.Input(byte[] bytes) -> line(event, "i", typed.decode(bytes));
      case Event.Resize(int columns, int rows) -> line(event, "r", columns + "x" + rows);
      case Event.Gap(_, String reason) -> line(event, "m", reason);
      case Event.Exit(var how, int status, _) -> {
        if (version == 3) {
          line(event, "x", how == Event.How.STATUS ? Integer.toString(status) : "255");
        }
      }
      case Event.End end -> {}
    }
  }

  private void begin(About about) throws IOException {
    terminal = about.isTerminal();
    begun = true;
    Json columns = Json.of(about.columns());
    Json rows = Json.of(about.rows());
    Json time = Json.of(about.time().map(java.time.Instant::getEpochSecond).orElse(0L));
    String command = about.text("command");
    Json.Members header =
        version == 2
            ? Json.members(
                "version",
                Json.of(2),
                "width",
                columns,
                "height",
                rows,
                "timestamp",
                time,
                "command",
                Json.of(command),
                "env",
                Json.members("TERM", Json.of(term(about))))
            : Json.members(
                "version",
                Json.of(3),
                "term",
                Json.members("cols", columns, "rows", rows, "type", Json.of(term(about))),
                "timestamp",
                time,
                "command",
                Json.of(command));
    write(header.line());
  }

  private static String term(About about) {
    String term = about.text("term");
    return term.isEmpty() ? "dumb" : term;
  }

  private void line(Event event, String code, String data) throws IOException {
    if (!begun) {
      begin(About.NOTHING);
    }
    if (data.isEmpty()) {
      return;
    }
    long micros = event.nanos() / MICRO;
    long shown = version == 2 ? micros : micros - lastMicros;
    lastMicros = micros;
    String time = String.format(Locale.ROOT, "%d.%06d", shown / 1_000_000, shown % 1_000_000);
    write("[%s, \"%s\", %s]".formatted(time, code, Json.of(data).line()));
  }

  private void write(String line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
