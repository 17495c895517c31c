package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A terminal of 80 × 24 with one program in it, as a person has it: the only window of a tmux of
 * its own, which is looked at through tmux's control mode, so that a look costs no process.
 * Confined to one thread.
 */
final class WatchedTerminal implements AutoCloseable {
  private static final String CONFIG =
      """
      set -g status off
      set -g remain-on-exit on
      set -g remain-on-exit-format ""
      set -g default-terminal xterm-256color
      set -g history-limit 100000
      set -g allow-rename off
      """;

  /** The program is not tmux's own child, which tmux would wake when it is stopped. */
  private static final String CHILD = "\"$@\"; exit";

  private static final int ANSWER_MAX_SECONDS = 20;
  private static final int ANSWERS_MAX = 16;

  private final Scratch scratch = Scratch.make();
  private final Thread killer = new Thread(this::kill);
  private final Process control;
  private final Writer orders;
  private final BlockingQueue<List<String>> answers = new LinkedBlockingQueue<>(ANSWERS_MAX);
  private final Semaphore written = new Semaphore(0);

  private volatile long shell;

  private WatchedTerminal(List<String> command) throws IOException {
    Files.writeString(file("config"), CONFIG);
    var all = new ArrayList<>(tmux("new-session", "-d", "-s", "w", "-x", "80", "-y", "24"));
    all.addAll(List.of("sh", "-c", CHILD, "sh"));
    all.addAll(command);
    WideNetwork.run(all.toArray(String[]::new));
    Runtime.getRuntime().addShutdownHook(killer);
    // Else it would be as large as who attaches.
    WideNetwork.run(tmux("resize-window", "-x", "80", "-y", "24").toArray(String[]::new));
    control = new ProcessBuilder(tmux("-C", "attach", "-t", "w")).start();
    orders = control.outputWriter();
    Thread.ofVirtual().name("terminal").start(this::listen);
    shell = Long.parseLong(order("display-message -p '#{pane_pid}'").getFirst());
  }

  /** Opens one with that program in it. */
  static WatchedTerminal running(List<String> command) throws IOException {
    return new WatchedTerminal(command);
  }

  /** Types these characters. */
  void type(String characters) throws IOException {
    var hex = new StringBuilder();
    for (byte each : characters.getBytes(StandardCharsets.UTF_8)) {
      hex.append(" %02x".formatted(each));
    }
    order("send-keys -H" + hex);
  }

  /** The lines on the screen, without trailing blanks. */
  List<String> screen() throws IOException {
    written.drainPermits();
    return order("capture-pane -p");
  }

  /** The same behind all lines that were scrolled off it. */
  List<String> everything() throws IOException {
    return order("capture-pane -p -S -");
  }

  /** Column and row of the cursor, from 0. */
  int[] cursor() throws IOException {
    String[] words =
        order("display-message -p '#{cursor_x} #{cursor_y}'").getFirst().split(" ", -1);
    return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
  }

  /** The processes of the program. */
  List<ProcessHandle> processes() {
    return ProcessHandle.of(shell).stream().flatMap(ProcessHandle::descendants).toList();
  }

  /** Waits until something was written since the last look at the screen, at most so long. */
  void awaitOutput(long nanos) throws IOException {
    try {
      if (written.tryAcquire(Math.max(nanos, 0), TimeUnit.NANOSECONDS)) {
        written.drainPermits();
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  private List<String> order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
    try {
      List<String> answer = answers.poll(ANSWER_MAX_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IOException("the terminal does not answer to " + line);
      }
      return answer;
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Reads what tmux tells: answers between {@code %begin} and {@code %end}, and news. */
  private void listen() {
    try (BufferedReader reader = control.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("%output ")) {
          written.release();
        } else if (line.startsWith("%begin ")) {
          List<String> answer = answer(reader);
          // The first answer is to the attachment, of which nobody asked here.
          if (line.endsWith(" 1")) {
            answers.put(answer);
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      // Who waits for an answer gets none, and says so.
    }
  }

  private static List<String> answer(BufferedReader reader) throws IOException {
    var lines = new ArrayList<String>();
    @Nullable String line = reader.readLine();
    while (line != null && !line.startsWith("%end ") && !line.startsWith("%error ")) {
      lines.add(line);
      line = reader.readLine();
    }
    return lines;
  }

  private List<String> tmux(String... words) {
    var command = new ArrayList<>(List.of("tmux", "-S", file("socket").toString()));
    command.addAll(List.of("-f", file("config").toString()));
    command.addAll(List.of(words));
    return command;
  }

  private java.nio.file.Path file(String name) {
    return scratch.directory().resolve(name);
  }

  /** Programs such as autossh do not end with their terminal. */
  private void kill() {
    List<ProcessHandle> processes = processes();
    try {
      WideNetwork.run(tmux("kill-server").toArray(String[]::new));
    } catch (IOException e) {
      // It has gone already.
    }
    processes.forEach(ProcessHandle::destroy);
  }

  @Override
  public void close() throws IOException {
    kill();
    Runtime.getRuntime().removeShutdownHook(killer);
    control.destroy();
    scratch.delete();
  }
}
