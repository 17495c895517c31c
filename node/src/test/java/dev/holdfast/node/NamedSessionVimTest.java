package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A named session with vim in it, stock ssh before it, and tmux for the person's terminal. */
@Timeout(120)
final class NamedSessionVimTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir Path directory;
  private NodeServer node;

  @BeforeEach
  void start() throws Exception {
    boolean able =
        Files.isExecutable(Path.of("/usr/bin/tmux")) && Files.isExecutable(Path.of("/usr/bin/vim"));
    assumeTrue(able || "true".equals(System.getenv("CI")), "SKIPPED: needs tmux and vim");
    node = new NodeServer(directory, SessionSettings.defaults());
    tmux("new-session", "-d", "-x", "80", "-y", "24", "exec cat");
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      tmux("kill-server");
      node.close();
    }
  }

  @Test
  void theSecondClientHasTheFirstOnesScreenAndItsScrollback() throws Exception {
    client("one");
    type("one", "export LC_ALL=C.UTF-8 PS1='$ '; seq 1 200", "Enter");
    awaitShown("one", "200");
    type("one", "vim -u NONE -N -c 'set ruler' " + directory.resolve("text"), "Enter");
    awaitShown("one", "text");
    type("one", "ifirst line", "Enter", "second 漢字", "Escape");
    awaitShown("one", "漢字");
    awaitShown("one", "2,1");
    Screen before = screen("one");
    kill("one");
    await().atMost(LONGEST).until(() -> node.named().list(null).getFirst().attached() == 0);

    client("two");
    awaitShown("two", "2,1");
    await().atMost(LONGEST).untilAsserted(() -> assertThat(screen("two")).isEqualTo(before));
    type("two", "A and more", "Escape", ":wq", "Enter");
    awaitShown("two", "$ ");
    await().atMost(LONGEST).until(() -> Files.exists(directory.resolve("text")));
    assertThat(Files.readString(directory.resolve("text")))
        .isEqualTo("first line\nsecond 漢字 and more\n");
    String whole = tmux("capture-pane", "-p", "-S", "-", "-t", ":=two");
    assertThat(numbers(whole))
        .as("the pane: %s", whole)
        .isEqualTo(IntStream.rangeClosed(1, 200).boxed().toList());
    type("two", "exit 3", "Enter");
    await().atMost(LONGEST).until(() -> node.named().list(null).isEmpty());
  }

  private record Screen(String cells, String cursor) {}

  private Screen screen(String window) throws IOException {
    return new Screen(
        tmux("capture-pane", "-p", "-e", "-t", ":=" + window),
        tmux("display", "-p", "-t", ":=" + window, "#{cursor_x} #{cursor_y} #{alternate_on}"));
  }

  /** The lines of seq. */
  private static List<Integer> numbers(String pane) {
    return pane.lines().filter(line -> line.matches("[0-9]+")).map(Integer::valueOf).toList();
  }

  private void client(String window) throws IOException {
    List<String> line =
        node.line(NodeServer.USER, List.of("-tt", "-o", "SetEnv=HOLDFAST_SESSION=work"));
    tmux("new-window", "-d", "-n", window, "exec " + String.join(" ", line) + "; sleep 100");
  }

  private void kill(String window) throws IOException {
    String process = tmux("display", "-p", "-t", ":=" + window, "#{pane_pid}").strip();
    ProcessHandle.of(Long.parseLong(process)).orElseThrow().destroyForcibly();
  }

  private void type(String window, String... keys) throws IOException {
    for (String key : keys) {
      tmux("send-keys", "-t", ":=" + window, key);
    }
  }

  private void awaitShown(String window, String text) {
    await()
        .atMost(LONGEST)
        .untilAsserted(
            () -> assertThat(tmux("capture-pane", "-p", "-t", ":=" + window)).contains(text));
  }

  private String tmux(String... arguments) throws IOException {
    return TmuxServer.run(directory.resolve("tmux"), arguments);
  }
}
