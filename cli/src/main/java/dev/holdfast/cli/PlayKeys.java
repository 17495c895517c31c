package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.recording.Player.Wish;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Queue;

/** The keys of a player: turns what is typed into wishes. Confined to a thread of its own. */
final class PlayKeys {
  private static final Duration STEP = Duration.ofSeconds(10);

  /** Bytes of what is searched for. */
  private static final int MOST_SEARCHED = 200;

  private static final int ESCAPE = 0x1b;
  private static final int CONTROL_C = 3;

  private final InputStream in;
  private final PrintStream out;
  private final Queue<Wish> wishes;

  PlayKeys(InputStream in, PrintStream out, Queue<Wish> wishes) {
    this.in = in;
    this.out = out;
    this.wishes = wishes;
  }

  void start() {
    Thread.ofPlatform().daemon().name("keys").start(this::run);
  }

  private void run() {
    try {
      for (int key = in.read(); key >= 0; key = in.read()) {
        key(key);
      }
    } catch (IOException e) {
      // Nobody types any more; it plays on.
    }
  }

  private void key(int key) throws IOException {
    switch (key) {
      case ' ' -> wishes.add(new Wish.Pause());
      case 'q', CONTROL_C -> wishes.add(new Wish.Quit());
      case '/' -> search();
      case '+' -> wishes.add(new Wish.Faster(2));
      case '-' -> wishes.add(new Wish.Faster(0.5));
      case ESCAPE -> arrow();
      default -> {}
    }
  }

  /** ESC [ or ESC O, and a letter. */
  private void arrow() throws IOException {
    int introducer = in.read();
    if (introducer != '[' && introducer != 'O') {
      return;
    }
    switch (in.read()) {
      case 'A' -> wishes.add(new Wish.Faster(2));
      case 'B' -> wishes.add(new Wish.Faster(0.5));
      case 'C' -> wishes.add(new Wish.Seek(STEP));
      case 'D' -> wishes.add(new Wish.Seek(STEP.negated()));
      default -> {}
    }
  }

  private void search() throws IOException {
    wishes.add(new Wish.Hold(true));
    out.print("\0337\033[999;1H\033[K/");
    out.flush();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int key = in.read(); key >= 0 && key != '\r' && key != '\n'; key = in.read()) {
      if (key == ESCAPE || key == CONTROL_C) {
        text.reset();
        break;
      }
      if (key >= ' ' && key != 0x7f && text.size() < MOST_SEARCHED) {
        text.write(key);
        out.write(key);
        out.flush();
      }
    }
    out.print("\r\033[K\0338");
    out.flush();
    if (text.size() > 0) {
      wishes.add(new Wish.Search(text.toString(UTF_8)));
    }
    wishes.add(new Wish.Hold(false));
  }
}
