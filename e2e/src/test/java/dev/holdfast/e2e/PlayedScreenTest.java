package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verification.State;
import dev.holdfast.recording.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A program that draws all over its terminal, looked at live at a hundred instants; and its
 * recording, which at the same instants looks the same.
 */
@Needs({Tool.SSH, Tool.TMUX, Tool.ASCIINEMA})
final class PlayedScreenTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int INSTANTS = 100;

  /** The instant at which the window has another size. */
  private static final int RESIZED = INSTANTS / 2;

  private final Path directory = Scratch.directory("drawn");

  @Test
  void atAHundredInstantsItLooksAsItDidLive() throws IOException {
    try (Node node = Node.with("  recording: node\n  recordings: " + directory + "\n")) {
      List<String> live = draw(node);
      String name = whole();
      String output = output(name);
      played(output, live);
      asciinema(name, live.getLast());
    }
  }

  /** Draws with a key for each instant; what is seen then. */
  private static List<String> draw(Node node) {
    List<String> screens = new ArrayList<>();
    Command shell =
        Ssh.to(node.address(), null)
            .ssh("-tt", Ssh.HOST, "exec /usr/bin/python3 " + Sources.file("python", "draw.py"));
    try (Terminal terminal = Terminal.running(shell)) {
      assertThat(seen(terminal, 0)).isEmpty();
      for (int i = 1; i <= INSTANTS; i++) {
        if (i == RESIZED) {
          terminal.resize(100, 30);
        }
        terminal.enter("");
        screens.add(seen(terminal, i));
      }
      terminal.enter("");
      assertThat(terminal.awaitStatus()).isZero();
    }
    return screens;
  }

  private static String seen(Terminal terminal, int instant) {
    Await.until(
        () -> "instant " + instant + " of " + terminal.title() + "\n" + terminal.screen(),
        SOON,
        () -> terminal.title().equals("instant " + instant));
    return terminal.colours();
  }

  private String whole() {
    DirectoryParts parts = new DirectoryParts(directory);
    String[] name = new String[1];
    Await.until(
        "the whole recording",
        SOON,
        () -> {
          name[0] = parts.recordings().stream().findFirst().orElse("");
          return !name[0].isEmpty() && verify(name[0], event -> {}).state() == State.WHOLE;
        });
    return name[0];
  }

  private Verification verify(String name, Consumer<Event> sink) throws IOException {
    return Verifier.verify(new DirectoryParts(directory), name, sink);
  }

  private String output(String name) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    verify(
        name,
        event -> {
          if (event.content() instanceof Event.Output(_, byte[] bytes)) {
            output.writeBytes(bytes);
          }
        });
    return output.toString(StandardCharsets.UTF_8);
  }

  /** Shows the recording up to each instant, in a terminal of its own. */
  private void played(String output, List<String> live) throws IOException {
    Path pipe = directory.resolveSibling(directory.getFileName() + "-pipe");
    Command.of("mkfifo", pipe.toString()).run().ok();
    Command show = Command.of("sh", "-c", "stty raw -echo; exec cat " + pipe);
    try (Terminal terminal = Terminal.running(show);
        OutputStream to = Files.newOutputStream(pipe)) {
      int from = 0;
      for (int i = 1; i <= INSTANTS; i++) {
        if (i == RESIZED) {
          terminal.resize(100, 30);
        }
        String mark = "\033]2;instant " + i + "\007";
        int end = output.indexOf(mark, from) + mark.length();
        assertThat(end).as("instant %d in the recording", i).isGreaterThan(from);
        to.write(output.substring(from, end).getBytes(StandardCharsets.UTF_8));
        to.flush();
        from = end;
        assertThat(seen(terminal, i)).as("instant %d", i).isEqualTo(live.get(i - 1));
      }
    }
  }

  /** The reference player has the same in the end. */
  private void asciinema(String name, String last) {
    Path cast = directory.resolveSibling(directory.getFileName() + ".cast");
    Holdfast.command("recordings", "export", "--format", "asciicast-v2", "--output")
        .plus(cast.toString(), directory.resolve(name).toString())
        .run()
        .ok();
    Command play = Command.of("asciinema", "play", "-s", "1000", "-i", "0.01", cast.toString());
    String inPlace = "while [ \"$(stty size)\" != '30 100' ]; do :; done; \"$@\"; exec cat";
    Command wide =
        Command.of("env", "LANG=C.UTF-8", "sh", "-c", inPlace, "sh")
            .plus(play.words().toArray(String[]::new));
    try (Terminal terminal = Terminal.running(wide)) {
      terminal.resize(100, 30);
      assertThat(seen(terminal, INSTANTS)).isEqualTo(last);
    }
  }
}
