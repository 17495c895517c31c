package dev.holdfast.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A tmux server of its own, whose panes show what is in a file. */
final class Tmux implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/tmux");
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final String END = "that was all";

  private final Path directory;
  private final Size size;
  private int shown;

  /** What tmux says that a pane shows. */
  record Shown(String text, int cursorColumn, int cursorRow) {}

  private Tmux(Path directory, Size size) {
    this.directory = directory;
    this.size = size;
  }

  static Tmux start(Path directory, Size size) throws IOException {
    if (!Files.isExecutable(PROGRAM)) {
      String sentence = "no comparison with tmux, for it needs the Debian package tmux";
      assertThat(System.getenv("CI")).as(sentence).isNotEqualTo("true");
      System.err.println("SKIPPED: " + sentence);
      assumeThat(false).as(sentence).isTrue();
    }
    Path settings = directory.resolve("tmux.conf");
    Files.writeString(settings, "set -g status off\nset -g history-limit 5000\n");
    Tmux tmux = new Tmux(directory, size);
    tmux.run("new-session", "-d", "-x", "" + size.columns(), "-y", "" + size.rows(), "exec cat");
    return tmux;
  }

  /** Shows bytes in a pane of its own. */
  Shown show(byte[] bytes) throws IOException {
    Path file = directory.resolve("bytes");
    Files.write(file, bytes);
    Files.writeString(
        file, "\030\033]2;" + END + "\033\\", java.nio.file.StandardOpenOption.APPEND);
    String pane = "w" + shown++;
    run("new-window", "-d", "-n", pane, "stty raw -echo; cat " + file + "; exec sleep 300");
    String target = ":=" + pane;
    await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> run("display", "-p", "-t", target, "#{pane_title}").strip().equals(END));
    String text = run("capture-pane", "-p", "-e", "-N", "-t", target);
    String[] cursor =
        run("display", "-p", "-t", target, "#{cursor_x} #{cursor_y}").strip().split(" ", -1);
    run("kill-window", "-t", target);
    int column = Math.min(Integer.parseInt(cursor[0]), size.columns() - 1);
    return new Shown(text, column, Integer.parseInt(cursor[1]));
  }

  @Override
  public void close() throws IOException {
    run("kill-server");
  }

  private String run(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 6];
    command[0] = PROGRAM.toString();
    command[1] = "-u";
    command[2] = "-S";
    command[3] = directory.resolve("tmux.socket").toString();
    command[4] = "-f";
    command[5] = directory.resolve("tmux.conf").toString();
    System.arraycopy(arguments, 0, command, 6, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("TMUX");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
