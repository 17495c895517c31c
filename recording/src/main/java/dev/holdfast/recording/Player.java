package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows a recording as it was, or faster, on a terminal. A model of the screen follows it, so that
 * it can be shown from any time on. Confined to one thread; wishes come from others.
 */
public final class Player {
  /** How far an arrow key leads. */
  static final Duration STEP = Duration.ofSeconds(10);

  /** Characters of output that are searched behind one another. */
  private static final int SEARCHED = 8 * 1024;

  private static final double FASTEST = 1000;
  private static final double SLOWEST = 0.01;

  private final Source source;
  private final Screen screen;
  private final BlockingQueue<Wish> wishes;
  private final boolean raw;
  private final long idleNanos;
  private double speed;

  private Terminal terminal = blank(80, 24);
  private SafeText safe = new SafeText(SafeText.Keep.SCREEN);
  private SafeText words = new SafeText(SafeText.Keep.TEXT);
  private final StringBuilder read = new StringBuilder();
  private boolean isTerminal;
  private boolean shows = true;
  private boolean paused;
  private boolean held;
  private long last;
  private long until;
  private @Nullable String searched;
  private boolean found;

  /** Where events come from, from the first on each time it is asked. */
  public interface Source {
    void read(Consumer<Event> sink) throws IOException;
  }

  /** Where it is shown. */
  public interface Screen {
    void write(byte[] bytes) throws IOException;
  }

  /** What a watcher wants. */
  public sealed interface Wish {
    /** To stop, or to go on. */
    record Pause() implements Wish {}

    /** To stop while something is asked, then to go on as before. */
    record Hold(boolean on) implements Wish {}

    /** To go on elsewhere; negative for back. */
    record Seek(Duration by) implements Wish {}

    /** To go on where this is shown next. */
    record Search(String text) implements Wish {}

    /** So many times as fast as now. */
    record Faster(double factor) implements Wish {}

    /** To leave. */
    record Quit() implements Wish {}
  }

  /** Ends the reading of the source, to go on elsewhere or not at all. */
  private static final class Leave extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;
    final boolean again;

    Leave(boolean again) {
      super(null, null, false, false);
      this.again = again;
    }
  }

  /**
   * A player at the beginning.
   *
   * @param speed 1 for as it was
   * @param idle pauses are no longer than that
   * @param raw whether bytes are written as they are, whatever they do to the terminal
   */
  public Player(
      Source source,
      Screen screen,
      BlockingQueue<Wish> wishes,
      double speed,
      Duration idle,
      boolean raw) {
    this.source = source;
    this.screen = screen;
    this.wishes = wishes;
    this.speed = Math.clamp(speed, SLOWEST, FASTEST);
    this.raw = raw;
    idleNanos = idle.toNanos();
  }

  private static Terminal blank(int columns, int rows) {
    return new Terminal(Size.wanted(columns, rows), new Settings(Settings.LEAST_SCROLLBACK, true));
  }

  /** Plays to the end, or until the watcher leaves. */
  public void play() throws IOException {
    boolean again = true;
    while (again) {
      again = false;
      try {
        source.read(this::next);
        if (!shows) {
          show();
        }
      } catch (Leave e) {
        again = e.again;
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private void next(Event event) {
    try {
      if (!shows && searched == null && event.nanos() >= until) {
        show();
      }
      if (shows) {
        await(event.nanos() - last);
      }
      last = event.nanos();
      play(event.content());
      if (found) {
        found = false;
        searched = null;
        show();
        paused = true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void play(Event.Content content) throws IOException {
    switch (content) {
      case Event.Start(Json.Members members) -> {
        About about = new About(members);
        isTerminal = about.isTerminal();
        terminal = blank(about.columns(), about.rows());
        safe = new SafeText(SafeText.Keep.SCREEN);
        words = new SafeText(SafeText.Keep.TEXT);
        read.setLength(0);
      }
      case Event.Output(_, byte[] bytes) -> output(isTerminal ? bytes : withReturns(bytes));
      case Event.Resize(int columns, int rows) -> terminal.resize(Size.wanted(columns, rows));
      case Event.Gap(_, String reason) -> output(("\r\n[" + reason + "]\r\n").getBytes(UTF_8));
      case Event.Input _, Event.Exit _, Event.End _ -> {}
    }
  }

  private static byte[] withReturns(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 16);
    for (byte each : bytes) {
      if (each == '\n') {
        out.write('\r');
      }
      out.write(each);
    }
    return out.toByteArray();
  }

  private void output(byte[] bytes) throws IOException {
    terminal.feed(bytes);
    terminal.takeAnswers();
    search(bytes);
    byte[] shown = safe.filter(bytes);
    if (shows) {
      screen.write(raw ? bytes : shown);
    }
  }

  private void search(byte[] bytes) {
    String wanted = searched;
    read.append(new String(words.filter(bytes), UTF_8));
    if (wanted != null && read.indexOf(wanted) >= 0) {
      found = true;
      read.setLength(0);
    }
    if (read.length() > SEARCHED) {
      read.delete(0, read.length() - SEARCHED);
    }
  }

  /** Paints what is to be seen now, and shows what follows. */
  private void show() throws IOException {
    byte[] painted =
        Repaint.of(terminal, terminal.size(), Repaint.From.TOP, terminal.scrollbackEnd());
    screen.write(new SafeText(SafeText.Keep.SCREEN).filter(painted));
    shows = true;
  }

  /** Waits as long as the session did, and does what the watcher wants. */
  private void await(long nanos) {
    double left = Math.min(nanos, idleNanos);
    try {
      while (left > 0 || paused || held || !wishes.isEmpty()) {
        long began = System.nanoTime();
        boolean stands = paused || held;
        Wish wish =
            stands ? wishes.take() : wishes.poll((long) (left / speed), TimeUnit.NANOSECONDS);
        left -= stands ? 0 : (System.nanoTime() - began) * speed;
        if (wish != null) {
          grant(wish);
        }
        if (!shows) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Leave(false);
    }
  }

  private void grant(Wish wish) {
    switch (wish) {
      case Wish.Pause() -> paused = !paused;
      case Wish.Hold(boolean on) -> held = on;
      case Wish.Quit() -> throw new Leave(false);
      case Wish.Faster(double factor) -> speed = Math.clamp(speed * factor, SLOWEST, FASTEST);
      case Wish.Search(String text) -> {
        searched = text;
        read.setLength(0);
        paused = false;
        shows = false;
      }
      case Wish.Seek(Duration by) -> {
        until = Math.max(0, last + by.toNanos());
        paused = false;
        shows = false;
        if (by.isNegative()) {
          last = 0;
          throw new Leave(true);
        }
      }
    }
  }
}
