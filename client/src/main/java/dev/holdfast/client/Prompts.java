package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks the person at the terminal, or where there is none the program that SSH_ASKPASS names
 * (readpass.c, {@code read_passphrase}). Thread-safe, one question at a time.
 */
sealed class Prompts implements HostKeyAsker permits Nobody {
  /** Bytes of an answer. */
  static final int MOST_BYTES = 1024;

  private static final String TERMINAL = "/dev/tty";
  private static final int INTERRUPTED = 3;

  private final Map<String, String> environment;
  private final PrintStream err;
  private final boolean quiet;
  private volatile boolean open;
  private volatile @Nullable Keyboard keyboard;

  Prompts(Map<String, String> environment, PrintStream err, boolean quiet) {
    this.environment = environment;
    this.err = err;
    this.quiet = quiet;
  }

  @Override
  public void tell(String text) {
    if (!quiet) {
      err.print(text.replace("\n", "\r\n") + "\r\n");
      err.flush();
    }
  }

  @Override
  public @Nullable String ask(String prompt) {
    return answer(prompt, true);
  }

  /** Something that was typed is refused. */
  void bell() {
    err.print('\007');
    err.flush();
  }

  /** For a key's passphrase, which is not shown. */
  char @Nullable [] passphrase(String prompt) {
    String answer = answer(prompt, false);
    return answer == null ? null : answer.toCharArray();
  }

  /**
   * Asks; null if nobody is there.
   *
   * @param echo whether what is typed may be seen
   */
  @Nullable String answer(String prompt, boolean echo) {
    return asked(prompt, echo);
  }

  /** Whether somebody is being asked. */
  boolean isOpen() {
    return open;
  }

  /**
   * Answers come from there from now on: whoever reads the terminal's keys all the time would take
   * them from any other reader.
   */
  void typedAt(Keyboard keyboard) {
    this.keyboard = keyboard;
  }

  private synchronized @Nullable String asked(String prompt, boolean echo) {
    open = true;
    try {
      return read(prompt, echo);
    } finally {
      open = false;
    }
  }

  private @Nullable String read(String prompt, boolean echo) {
    Keyboard there = keyboard;
    if (there != null) {
      return byKeyboard(there, prompt, echo);
    }
    if (usesProgram()) {
      return byProgram(prompt, echo);
    }
    // A native read must not hold what virtual threads run on.
    ThreadFactory threads = Thread.ofPlatform().daemon().name("prompt").factory();
    try (var executor = Executors.newSingleThreadExecutor(threads)) {
      return CompletableFuture.supplyAsync(() -> byTerminal(prompt, echo), executor).join();
    }
  }

  /** SSH_ASKPASS_REQUIRE says which; else the program is for who has no terminal (ssh(1)). */
  private boolean usesProgram() {
    return switch (environment.getOrDefault("SSH_ASKPASS_REQUIRE", "")) {
      case "never" -> false;
      case "force" -> true;
      case "prefer" -> hasDisplay();
      default -> {
        int terminal = TtyCalls.open(TERMINAL);
        if (terminal >= 0) {
          TtyCalls.close(terminal);
        }
        yield terminal < 0 && hasDisplay();
      }
    };
  }

  private boolean hasDisplay() {
    return environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
  }

  private @Nullable String byProgram(String prompt, boolean echo) {
    String program = environment.getOrDefault("SSH_ASKPASS", "/usr/bin/ssh-askpass");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(program, prompt).redirectError(ProcessBuilder.Redirect.INHERIT);
      if (echo) {
        builder.environment().put("SSH_ASKPASS_PROMPT", "confirm");
      }
      Process process = builder.start();
      process.getOutputStream().close();
      byte[] bytes = process.getInputStream().readNBytes(MOST_BYTES);
      return process.waitFor() == 0
          ? new String(bytes, StandardCharsets.UTF_8).split("[\r\n]", 2)[0]
          : null;
    } catch (IOException e) {
      tell("ssh_askpass: exec(" + program + "): " + e.getMessage());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private @Nullable String byKeyboard(Keyboard there, String prompt, boolean echo) {
    err.print("\r" + prompt.replace("\n", "\r\n"));
    err.flush();
    try {
      return there.answer(new TypedLine(err, echo));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static @Nullable String byTerminal(String prompt, boolean echo) {
    int terminal = TtyCalls.open(TERMINAL);
    if (terminal < 0) {
      return null;
    }
    Tty tty = new Tty(terminal);
    try {
      TtyCalls.write(terminal, prompt.getBytes(StandardCharsets.UTF_8));
      if (!echo) {
        tty.hide();
      }
      String line = line(terminal);
      if (!echo) {
        TtyCalls.write(terminal, new byte[] {'\n'});
      }
      return line;
    } finally {
      tty.restore();
      TtyCalls.close(terminal);
    }
  }

  private static @Nullable String line(int terminal) {
    ByteArrayOutputStream typed = new ByteArrayOutputStream();
    int c = TtyCalls.read(terminal);
    while (c >= 0 && c != '\n' && c != '\r' && c != INTERRUPTED) {
      if (typed.size() < MOST_BYTES) {
        typed.write(c);
      }
      c = TtyCalls.read(terminal);
    }
    boolean isNothing = c < 0 && typed.size() == 0;
    return isNothing || c == INTERRUPTED ? null : typed.toString(StandardCharsets.UTF_8);
  }
}
