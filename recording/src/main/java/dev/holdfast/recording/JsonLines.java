package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Each event an object on a line: number, time in seconds, kind, and its values. Bytes that are
 * UTF-8 are "text", others "base64".
 */
final class JsonLines implements Export {
  private final OutputStream out;

  JsonLines(OutputStream out) {
    this.out = out;
  }

  @Override
  public void add(Event event) throws IOException {
    Map<String, Json> line = new LinkedHashMap<>();
    line.put("number", Json.of(event.number()));
    line.put("time", new Json.Numeral(java.math.BigDecimal.valueOf(event.nanos(), 9)));
    switch (event.content()) {
      case Event.Start(Json.Members about) -> {
        line.put("kind", Json.of("start"));
        line.put("about", about);
      }
      case Event.Output(var way, byte[] bytes) -> {
        line.put("kind", Json.of(way.name().toLowerCase(Locale.ROOT)));
        data(line, bytes);
      }
      case Event.Input(byte[] bytes) -> {
        line.put("kind", Json.of("input"));
        data(line, bytes);
      }
      case Event.Resize(int columns, int rows) -> {
        line.put("kind", Json.of("resize"));
        line.put("columns", Json.of(columns));
        line.put("rows", Json.of(rows));
      }
      case Event.Gap(long bytes, String reason) -> {
        line.put("kind", Json.of("gap"));
        line.put("bytes", Json.of(bytes));
        line.put("reason", Json.of(reason));
      }
      case Event.Exit(var how, int status, String signal) -> {
        line.put("kind", Json.of("exit"));
        switch (how) {
          case STATUS -> line.put("status", Json.of(status));
          case SIGNAL -> line.put("signal", Json.of(signal));
          case SILENT -> {}
        }
      }
      case Event.End(var why, long bytes, String reason) -> {
        line.put("kind", Json.of("end"));
        line.put("why", Json.of(why.name().toLowerCase(Locale.ROOT)));
        line.put("bytes", Json.of(bytes));
        line.put("reason", Json.of(reason));
      }
    }
    out.write((new Json.Members(line).line() + "\n").getBytes(UTF_8));
  }

  private static void data(Map<String, Json> line, byte[] bytes) {
    try {
      line.put("text", Json.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
    } catch (CharacterCodingException e) {
      line.put("base64", Json.of(Base64.getEncoder().encodeToString(bytes)));
    }
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
