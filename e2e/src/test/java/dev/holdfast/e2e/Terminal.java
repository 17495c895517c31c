package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A terminal with one program in it, as a person has it: the only window of a tmux of its own. */
final class Terminal implements AutoCloseable {
  private static final Duration SHOWN = Duration.ofSeconds(20);
  private static final String CONFIG =
      """
      set -g status off
      set -g remain-on-exit on
      set -g remain-on-exit-format ""
      set -g default-terminal xterm-256color
      set -g allow-rename off
      """;

  /** Runs a program and writes its status to a file: tmux 3.3 forgets it now and then. */
  private static final String KEEPING_STATUS =
      "file=$1; shift; \"$@\"; echo $? >\"$file.new\"; mv \"$file.new\" \"$file\"";

  private final Path directory = Scratch.directory("tmux");
  private final Path status = directory.resolve("status");

  private Terminal() {}

  /** Opens a window of 80 × 24 with the program in it. When that ends, its last screen stays. */
  static Terminal running(Command command) {
    Terminal terminal = new Terminal();
    try {
      Files.writeString(terminal.directory.resolve("config"), CONFIG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    terminal.tmux(
        Command.of("new-session", "-d", "-x", "80", "-y", "24")
            .plus("sh", "-c", KEEPING_STATUS, "sh", terminal.status.toString())
            .plus(command.words().toArray(String[]::new)));
    return terminal;
  }

  /** Types text, then Enter. */
  void enter(String text) {
    tmux(Command.of("send-keys", "-l", text));
    press("Enter");
  }

  /** Presses one key, by its name in tmux, such as {@code C-c}. */
  void press(String key) {
    tmux(Command.of("send-keys", key));
  }

  void resize(int columns, int rows) {
    tmux(
        Command.of("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows)));
  }

  /** The lines on the screen, without trailing blanks. */
  String screen() {
    return tmux(Command.of("capture-pane", "-p")).stripTrailing();
  }

  /** The same with colours, as the sequences that make them. */
  String colours() {
    return tmux(Command.of("capture-pane", "-p", "-e")).stripTrailing();
  }

  String title() {
    return tmux(Command.of("display-message", "-p", "#{pane_title}")).strip();
  }

  /** The exit status of the program, once it has ended. */
  int awaitStatus() {
    Await.until(() -> "the end of the program in:\n" + screen(), SHOWN, () -> Files.exists(status));
    try {
      return Integer.parseInt(Files.readString(status).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the screen shows the text. */
  void awaitShown(String text) {
    Await.until(
        () -> "“" + text + "” on the screen:\n" + screen(), SHOWN, () -> screen().contains(text));
  }

  private String tmux(Command command) {
    return Command.of(
            "tmux",
            "-S",
            directory.resolve("socket").toString(),
            "-f",
            directory.resolve("config").toString())
        .plus(command.words().toArray(String[]::new))
        .run()
        .ok()
        .output();
  }

  @Override
  public void close() {
    tmux(Command.of("kill-server"));
  }
}
