package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Overlay;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DisplayTest {
  private static final WindowSize SIZE = new WindowSize(80, 24, 0, 0);

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Display display, String text) throws IOException {
    display.write(bytes(text), bytes(text).length);
  }

  private String shown() {
    String text = shown.toString(StandardCharsets.UTF_8);
    shown.reset();
    return text;
  }

  @Test
  void whatTheHostWritesPassesUntouched() throws IOException {
    String all =
        "\033[?2004h$ \033[?1000;1006h\033]52;c;aGk=\007\033[38;2;1;2;3mx\033P+q544e\033\\"
            + "\033_Gf=100;AAAA\033\\\033]8;;http://a.test\033\\l\033]8;;\033\\\033[6n\r\n";
    try (Display display = new Display(shown, SIZE, Overlay.Predict.ADAPTIVE)) {
      write(display, all);
      display.typed(bytes("x"));
      assertThat(shown()).isEqualTo(all);
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void aGuessIsShownAtOnceAndGoesBeforeWhatTheHostWrites() throws IOException {
    try (Display display = new Display(shown, SIZE, Overlay.Predict.ALWAYS)) {
      write(display, "$ ");
      display.typed(bytes("e"));
      write(display, "e");
      shown();
      display.typed(bytes("c"));
      assertThat(shown()).contains("\033[0;4mc");
      write(display, "c");
      assertThat(shown()).containsOnlyOnce("\033[1X").doesNotContain("\033[0;4m");
      assertThat(display.keys()).isEqualTo(2);
    }
  }

  @Test
  void aNoticeGoesWhenTheDisplayIsClosed() throws IOException {
    try (Display display = new Display(shown, SIZE, Overlay.Predict.NEVER)) {
      write(display, "$ ");
      display.notice("host: no answer for 3 s");
      assertThat(shown()).contains("host: no answer for 3 s");
    }
    assertThat(shown()).contains("\033[23X".substring(0, 2)).doesNotContain("host");
  }

  @Test
  void theEndOfASessionSwitchesOffWhatItsProgramHadOn() throws IOException {
    Display display = new Display(shown, SIZE, Overlay.Predict.NEVER);
    write(display, "\033[?1049h\033[?1000h\033[H");
    shown();
    display.restore();
    assertThat(shown()).contains("\033[?1047l").contains("\033[?1000l").contains("\033[?25h");
    Display calm = new Display(shown, SIZE, Overlay.Predict.NEVER);
    write(calm, "$ exit\r\nlogout\r\n");
    shown();
    calm.restore();
    assertThat(shown()).isEmpty();
  }

  /** A terminal that takes no output, as after Control-S. */
  private static final class Stopped extends OutputStream {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch on = new CountDownLatch(1);

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      asked.countDown();
      try {
        assertThat(on.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  @Test
  void aTerminalThatTakesNothingHoldsUpNoKeys() throws Exception {
    Stopped terminal = new Stopped();
    Display display = new Display(terminal, SIZE, Overlay.Predict.ALWAYS);
    Thread output =
        Thread.ofPlatform()
            .start(() -> {
              try {
                write(display, "$ ");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(terminal.asked.await(60, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 2 * Display.MOST_WAITING; i++) {
      display.typed(bytes("x"));
    }
    terminal.on.countDown();
    output.join();
    assertThat(display.keys()).isLessThanOrEqualTo(Display.MOST_WAITING);
    display.close();
  }

  @Test
  void saysWhatIsKnownOfASilence() {
    long second = 1_000_000_000;
    assertThat(Display.notice("host", second, second)).isNull();
    assertThat(Display.notice("host", -1, 2 * second)).isEqualTo("host: no answer for 2 s");
    assertThat(Display.notice("host", 3 * second, 9 * second))
        .isEqualTo("host: link lost for 3 s, reconnecting");
  }

  /** A terminal that takes output while nobody holds its gate. */
  private final class Gated extends OutputStream {
    private final ReentrantLock gate = new ReentrantLock();

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      gate.lock();
      try {
        shown.write(bytes, from, count);
      } finally {
        gate.unlock();
      }
    }
  }

  private Terminal terminal() {
    Terminal terminal = new Terminal(new Size(80, 24), Settings.DEFAULT);
    terminal.feed(shown.toByteArray());
    return terminal;
  }

  /** Has "$ ec" written by the host and "ho" guessed, with that happening before it is taken. */
  private Display busy(Consumer<Display> happening) throws Exception {
    Gated terminal = new Gated();
    Display display = new Display(terminal, SIZE, Overlay.Predict.ALWAYS);
    write(display, "$ ");
    display.typed(bytes("e"));
    write(display, "e");
    display.typed(bytes("cho"));
    Thread output;
    terminal.gate.lock();
    try {
      output =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  write(display, "c");
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      while (!terminal.gate.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      happening.accept(display);
    } finally {
      terminal.gate.unlock();
    }
    output.join();
    return display;
  }

  @Test
  void whatIsPaintedGoesThoughMoreHappenedThanCanWait() throws Exception {
    try (Display display =
        busy(it -> {
          for (int i = 0; i <= Display.MOST_WAITING; i++) {
            it.typed(bytes("x"));
          }
        })) {
      assertThat(terminal().line(0)).isEqualTo("$ ec");
      write(display, "ho");
      assertThat(terminal().line(0)).isEqualTo("$ echo");
      assertThat(terminal().cursorColumn()).isEqualTo(6);
    }
  }

  @Test
  void thatTimeHasPassedIsOneThingHoweverOftenItIsTold() throws Exception {
    try (Display display =
        busy(it -> {
          for (int i = 0; i <= Display.MOST_WAITING; i++) {
            it.passed();
            it.notice("");
          }
        })) {
      assertThat(terminal().line(0)).isEqualTo("$ echo");
      write(display, "ho");
      assertThat(terminal().line(0)).isEqualTo("$ echo");
    }
  }
}
