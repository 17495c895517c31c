package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Input;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Resize;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportTest {
  private static final Json.Members ABOUT =
      Json.members(
          "time", Json.of("2026-01-02T03:04:05.5Z"),
          "term", Json.of("xterm"),
          "columns", Json.of(40),
          "rows", Json.of(10),
          "content", Json.of("terminal"));

  private static final List<Content> SESSION =
      List.of(
          new Start(ABOUT),
          new Output(Way.STDOUT, Samples.bytes("a\"\033[31mb\r\n")),
          new Output(Way.STDOUT, new byte[] {(byte) 0xc3}),
          new Output(Way.STDOUT, new byte[] {(byte) 0xa4}),
          new Input(Samples.bytes("x\r")),
          new Resize(50, 12),
          new Gap(3, "why"),
          new Exit(How.STATUS, 3, ""),
          new End(Why.WHOLE, 12, ""));

  @Test
  void asciicastOfVersion2() throws IOException {
    assertThat(export(Export.Format.ASCIICAST_V2, SESSION).toString(UTF_8))
        .isEqualTo(
            """
            {"version":2,"width":40,"height":10,"timestamp":1767323045,"command":"","env":{"TERM":"xterm"}}
            [1.500000, "o", "a\\"\\u001b[31mb\\u000d\\n"]
            [4.500000, "o", "ä"]
            [6.000000, "i", "x\\u000d"]
            [7.500000, "r", "50x12"]
            [9.000000, "m", "why"]
            """);
  }

  @Test
  void asciicastOfVersion3HasTheTimesBetween() throws IOException {
    assertThat(export(Export.Format.ASCIICAST_V3, SESSION).toString(UTF_8))
        .isEqualTo(
            """
            {"version":3,"term":{"cols":40,"rows":10,"type":"xterm"},"timestamp":1767323045,"command":""}
            [1.500000, "o", "a\\"\\u001b[31mb\\u000d\\n"]
            [3.000000, "o", "ä"]
            [1.500000, "i", "x\\u000d"]
            [1.500000, "r", "50x12"]
            [1.500000, "m", "why"]
            [1.500000, "x", "3"]
            """);
  }

  @Test
  void withoutATerminalLinesEndAsOneWantsThem() throws IOException {
    List<Content> streams =
        List.of(Samples.start(), new Output(Way.STDERR, Samples.bytes("one\ntwo\n")));
    assertThat(export(Export.Format.ASCIICAST_V2, streams).toString(UTF_8))
        .contains("\"width\":80,\"height\":24")
        .contains("\"one\\u000d\\ntwo\\u000d\\n\"");
    assertThat(export(Export.Format.TEXT, streams).toString(UTF_8)).isEqualTo("one\ntwo\n");
  }

  @Test
  void ttyrecHasTimeLengthAndBytes() throws IOException {
    ByteBuffer frames =
        ByteBuffer.wrap(export(Export.Format.TTYREC, SESSION).toByteArray())
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(frames.getInt()).isEqualTo(1767323047);
    assertThat(frames.getInt()).isZero();
    assertThat(frames.getInt()).isEqualTo(10);
    byte[] bytes = new byte[10];
    frames.get(bytes);
    assertThat(new String(bytes, UTF_8)).isEqualTo("a\"\033[31mb\r\n");
    assertThat(frames.getInt()).isEqualTo(1767323048);
    assertThat(frames.getInt()).isEqualTo(500_000);
  }

  @Test
  void textIsWhatWasToBeRead() throws IOException {
    List<Content> session =
        List.of(
            new Start(ABOUT),
            new Output(Way.STDOUT, Samples.bytes("\033]0;t\007$ lx\b\033[Ks\r\n")),
            new Output(Way.STDOUT, Samples.bytes("file\r\n".repeat(30))),
            new Output(Way.STDOUT, Samples.bytes("\033[?1049hfull\033[?1049l$ exit\r\n")));
    assertThat(export(Export.Format.TEXT, session).toString(UTF_8))
        .isEqualTo("$ ls\n" + "file\n".repeat(30) + "$ exit\n");
  }

  @Test
  void jsonHasEveryEventOnALine() throws IOException {
    List<String> lines = export(Export.Format.JSON, SESSION).toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(9);
    assertThat(lines.get(2)).contains("\"kind\":\"stdout\",\"base64\":\"ww==\"");
    assertThat(lines.get(4)).contains("\"kind\":\"input\",\"text\":\"x\\u000d\"");
    assertThat(lines.get(7)).contains("\"kind\":\"exit\",\"status\":3");
    for (String line : lines) {
      assertThat(Json.parse(line)).isInstanceOf(Json.Members.class);
    }
  }

  private static ByteArrayOutputStream export(Export.Format format, List<Content> contents)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Export export = format.to(out);
    for (int i = 0; i < contents.size(); i++) {
      export.add(new Event(i, i * 1_500_000_000L, contents.get(i)));
    }
    export.end();
    return out;
  }
}
