package dev.holdfast.client;

import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Overlay;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/** A session's {@link Display} and what keeps it up to date. For one session. */
final class Painted implements AutoCloseable {
  private final Display display;
  private final Pulse pulse;
  private final Prompts prompts;
  private final LinkLog links;
  private final Thread hook;

  private Painted(Display display, Pulse pulse, Prompts prompts, LinkLog links) {
    this.display = display;
    this.pulse = pulse;
    this.prompts = prompts;
    this.links = links;
    hook = new Thread(display::restore, "display");
  }

  /** Whether somebody looks at what comes, and it is not the log of every step. */
  static boolean isWanted(ClientConfig config, Tty input) {
    boolean has =
        config.get(ClientOptions.HOLDFAST_STATUS)
            || config.get(ClientOptions.HOLDFAST_PREDICT) != ClientOptions.Predict.NEVER;
    String term = config.surroundings().environment().getOrDefault("TERM", "");
    boolean isVerbose =
        config.get(ClientOptions.LOG_LEVEL).compareTo(ClientOptions.LogLevel.DEBUG1) >= 0;
    return has
        && !isVerbose
        && !term.isEmpty()
        && !term.equals("dumb")
        && input.isTerminal()
        && new Tty(Tty.STDOUT).size().isPresent();
  }

  /** On standard output, whose end of the program restores it, too. */
  static Painted begin(
      ClientConfig config, Pulse.Server server, Stdio stdio, Prompts prompts, LinkLog links) {
    Optional<WindowSize> size = new Tty(Tty.STDOUT).size();
    Display display =
        new Display(stdio.out(), size.orElse(new WindowSize(80, 24, 0, 0)), predict(config));
    boolean tells =
        config.get(ClientOptions.HOLDFAST_STATUS)
            && config.get(ClientOptions.LOG_LEVEL) != ClientOptions.LogLevel.QUIET;
    Pulse pulse = new Pulse(display, server, links, config.host(), tells, System::nanoTime);
    Painted painted = new Painted(display, pulse, prompts, links);
    prompts.on(display);
    links.wake(pulse::wake);
    Runtime.getRuntime().addShutdownHook(painted.hook);
    return painted;
  }

  private static Overlay.Predict predict(ClientConfig config) {
    return switch (config.get(ClientOptions.HOLDFAST_PREDICT)) {
      case ADAPTIVE -> Overlay.Predict.ADAPTIVE;
      case ALWAYS -> Overlay.Predict.ALWAYS;
      case NEVER -> Overlay.Predict.NEVER;
    };
  }

  /** Where what the host writes goes. */
  OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        display.write(new byte[] {(byte) b}, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        byte[] whole = offset == 0 ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
        display.write(whole, length);
      }
    };
  }

  void typed(byte[] bytes, int offset, int length) {
    display.typed(Arrays.copyOfRange(bytes, offset, offset + length));
    pulse.wake();
  }

  void resized(WindowSize size) {
    display.resized(size);
  }

  /** The session is over; if not by its own doing, what it had switched on goes off. */
  void end(boolean byItself) {
    pulse.close();
    if (byItself) {
      display.close();
    } else {
      display.restore();
    }
    prompts.on(null);
  }

  @Override
  public void close() {
    pulse.close();
    links.wake(() -> {});
    prompts.on(null);
    display.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is being done.
    }
  }
}
