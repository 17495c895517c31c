package dev.holdfast.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A running child process. It has a session of its own, so no terminal of the developer's is asked
 * or written to; a nearly empty environment; captured output up to {@link #CAPTURED}; and it is
 * gone, with its descendants, when closed, or when this JVM ends in whatever way ({@link
 * LastWill}). Thread-safe.
 */
final class Program implements AutoCloseable {
  /**
   * The bound of what is kept of each output; a program that says more is a failure of the test.
   */
  static final int CAPTURED = 32 << 20;

  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Command command;
  private final Process process;
  private final Capture output;
  private final Capture errors;

  private Program(Command command, Process process) {
    this.command = command;
    this.process = process;
    this.output = Capture.of(process.getInputStream());
    this.errors = Capture.of(process.getErrorStream());
  }

  static Program start(Command command) {
    LastWill.write();
    ProcessBuilder builder = new ProcessBuilder(command.startedBy(List.of("setsid")).words());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("HOME", Scratch.home().toString());
    environment.put("USER", Sshd.USER);
    environment.put("LOGNAME", Sshd.USER);
    environment.put("LANG", "C.UTF-8");
    environment.put("TERM", "xterm-256color");
    environment.put("SHELL", "/bin/sh");
    environment.put(LastWill.MARK_NAME, LastWill.MARK);
    environment.putAll(command.environment());
    if (command.input() != null) {
      builder.redirectInput(command.input().toFile());
    }
    if (command.output() != null) {
      builder.redirectOutput(command.output().toFile());
    }
    try {
      return new Program(command, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** What it has written to standard output so far. */
  String output() {
    return output.text();
  }

  /** What it has written to standard error so far. */
  String errors() {
    return errors.text();
  }

  /** Writes to its standard input. */
  void type(String text) {
    try {
      OutputStream in = process.getOutputStream();
      in.write(text.getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + this, e);
    }
  }

  void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the input of " + this, e);
    }
  }

  /** Waits for text on either output; fails at once when the program has ended without it. */
  void awaitOutput(String part, Duration deadline) {
    Await.until(
        () -> "“" + part + "” from " + this,
        deadline,
        () -> {
          boolean ended = !alive();
          if (ended) {
            finish();
          }
          boolean said = output().contains(part) || errors().contains(part);
          if (ended && !said) {
            throw new AssertionError("it ended without: " + this);
          }
          return said;
        });
  }

  /** Reads what it left behind when it ended. */
  private void finish() {
    try {
      output.finish(LAST_WORDS);
      errors.finish(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while reading of " + command, e);
    }
  }

  /** Waits for its end; kills it and fails once the deadline has passed. */
  Outcome await(Duration deadline) {
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        String words = toString();
        kill();
        throw new AssertionError("still running after " + deadline.toSeconds() + " s: " + words);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + command, e);
    }
    finish();
    return new Outcome(command, process.exitValue(), output(), errors());
  }

  /** Fails if it has ended with another status than 0, which a program that still runs has not. */
  void assertUnbroken() {
    if (!alive()) {
      await(LAST_WORDS).ok();
    }
  }

  /** Sends a signal by name, such as {@code TERM}, to this process alone. */
  void signal(String name) {
    Command.of("kill", "-" + name, Long.toString(pid())).run().ok();
  }

  /** Ends it and its descendants at once. */
  void kill() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    kill();
    Await.until("the end of " + command, Duration.ofSeconds(10), () -> !alive());
  }

  @Override
  public String toString() {
    return command + "\nstdout: " + output() + "\nstderr: " + errors();
  }

  /** One output, read by a thread of its own until its end. Thread-safe. */
  private static final class Capture {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread reader;
    private volatile boolean tooMuch;

    private Capture(InputStream from) {
      this.reader = Thread.ofPlatform().daemon().name("capture").unstarted(() -> read(from));
    }

    static Capture of(InputStream from) {
      Capture capture = new Capture(from);
      capture.reader.start();
      return capture;
    }

    private void read(InputStream from) {
      byte[] buffer = new byte[1 << 16];
      try (from) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          keep(buffer, n);
        }
      } catch (IOException e) {
        // The pipe was closed under us because the process was killed: there is no more to read.
      }
    }

    private synchronized void keep(byte[] buffer, int n) {
      int kept = Math.min(n, CAPTURED - bytes.size());
      bytes.write(buffer, 0, kept);
      tooMuch |= kept < n;
    }

    synchronized String text() {
      if (tooMuch) {
        throw new AssertionError("more than " + CAPTURED + " bytes of output");
      }
      return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Waits for the end of the output, but not for a descendant that keeps the pipe open. */
    void finish(Duration deadline) throws InterruptedException {
      reader.join(deadline);
    }
  }
}
