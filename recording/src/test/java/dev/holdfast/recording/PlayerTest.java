package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Player.Wish;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class PlayerTest {
  private static final Size SIZE = new Size(40, 10);

  private final LinkedBlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  /** A line every 5 seconds. */
  private static List<Event> lines(int count) {
    List<Event> events = new ArrayList<>();
    Content start =
        new Start(
            Json.members(
                "columns", Json.of(40), "rows", Json.of(10), "content", Json.of("terminal")));
    events.add(new Event(0, 0, start));
    for (int i = 1; i <= count; i++) {
      Content line = new Output(Way.STDOUT, Samples.bytes("line " + i + "\033[6n\r\n"));
      events.add(new Event(i, i * 5_000_000_000L, line));
    }
    return events;
  }

  private void play(List<Event> events, boolean raw) throws IOException {
    new Player(events::forEach, screen::writeBytes, wishes, 1000, Duration.ofMillis(1), raw).play();
  }

  @Test
  void showsEverythingThatIsSafe() throws IOException {
    play(lines(3), false);
    assertThat(screen.toString(UTF_8)).isEqualTo("line 1\r\nline 2\r\nline 3\r\n");
  }

  @Test
  void rawIsEveryByte() throws IOException {
    play(lines(1), true);
    assertThat(screen.toString(UTF_8)).isEqualTo("line 1\033[6n\r\n");
  }

  @Test
  void seeksForwardByPaintingWhatIsThereThen() throws IOException {
    wishes.add(new Wish.Seek(Duration.ofSeconds(30)));
    play(lines(8), false);
    assertThat(screen.toString(UTF_8)).doesNotContain("line 1\r\nline 2\r\nline 3\r\n\033[6n");
    assertThat(shown())
        .containsExactly(
            "line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "line 7", "line 8");
  }

  @Test
  void seeksBackByPlayingAnew() throws IOException {
    List<Event> events = lines(4);
    int[] read = {0};
    Player.Source source =
        sink -> {
          read[0]++;
          for (Event event : events) {
            if (read[0] == 1 && event.number() == 3) {
              wishes.add(new Wish.Seek(Duration.ofSeconds(-7)));
            }
            sink.accept(event);
          }
        };
    new Player(source, screen::writeBytes, wishes, 1000, Duration.ofMillis(1), false).play();
    assertThat(read[0]).isEqualTo(2);
    assertThat(shown()).containsExactly("line 1", "line 2", "line 3", "line 4");
  }

  @Test
  void searchStopsWhereTheTextIsShown() throws IOException {
    List<Event> events = lines(6);
    wishes.add(new Wish.Search("line 4"));
    List<String> atStop = new ArrayList<>();
    Player.Source source =
        sink -> {
          for (Event event : events) {
            if (event.number() == 5) {
              atStop.addAll(shown());
              wishes.add(new Wish.Pause());
            }
            sink.accept(event);
          }
        };
    new Player(source, screen::writeBytes, wishes, 1000, Duration.ofMillis(1), false).play();
    assertThat(atStop).containsExactly("line 1", "line 2", "line 3", "line 4");
  }

  @Test
  void quitLeavesAtOnce() throws IOException {
    wishes.add(new Wish.Pause());
    wishes.add(new Wish.Quit());
    play(lines(100), false);
    assertThat(screen.toString(UTF_8)).doesNotContain("line 2");
  }

  private List<String> shown() {
    Terminal terminal = new Terminal(SIZE, new Settings(Settings.LEAST_SCROLLBACK, true));
    terminal.feed(screen.toByteArray());
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < SIZE.rows(); row++) {
      rows.add(terminal.line(row));
    }
    rows.removeIf(String::isEmpty);
    return rows;
  }
}
