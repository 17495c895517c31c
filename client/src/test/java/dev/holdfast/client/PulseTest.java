package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Overlay;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PulseTest {
  private static final long SECOND = 1_000_000_000;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final BlockingQueue<Runnable> questions = new LinkedBlockingQueue<>();

  /** How far the clock is ahead. */
  private final AtomicLong ahead = new AtomicLong();

  private final LinkLog links = new LinkLog(this::now);
  private final Display display =
      new Display(shown, new WindowSize(80, 24, 0, 0), Overlay.Predict.ADAPTIVE);
  private final Pulse pulse = new Pulse(display, questions::add, links, "host", true, this::now);

  private long now() {
    return System.nanoTime() + ahead.get();
  }

  @BeforeEach
  void prompt() throws Exception {
    display.write(new byte[] {'$', ' '}, 2);
  }

  @AfterEach
  void close() {
    pulse.close();
    display.close();
  }

  private void type(String text) {
    display.typed(text.getBytes(StandardCharsets.UTF_8));
    pulse.wake();
  }

  private Runnable question() throws InterruptedException {
    Runnable question = questions.poll(60, TimeUnit.SECONDS);
    assertThat(question).isNotNull();
    return question;
  }

  /** Wakes the pulse until it is so. */
  private void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      pulse.wake();
      Thread.onSpinWait();
    }
  }

  private boolean isShown(String text) {
    Terminal terminal = new Terminal(new Size(80, 24), Settings.DEFAULT);
    terminal.feed(shown.toByteArray());
    return terminal.line(0).contains(text);
  }

  @Test
  void asksBehindWhatWasTypedAndOnceMoreForWhatTheServerWroteThen() throws Exception {
    type("a");
    Runnable first = question();
    Runnable second = question();
    assertThat(questions.poll(100, TimeUnit.MILLISECONDS)).isNull();
    ahead.addAndGet(SECOND / 10);
    first.run();
    ahead.addAndGet(SECOND / 10);
    second.run();
    until(() -> pulse.roundTripNanos() > SECOND / 10);
    assertThat(questions.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void tellsOfASilenceAndOfItsEnd() throws Exception {
    type("a");
    Runnable question = question();
    ahead.addAndGet(2 * SECOND);
    until(() -> isShown("host: no answer for 2 s"));
    question.run();
    until(() -> !isShown("host"));
  }

  @Test
  void tellsOfALinkThatIsAwayAlthoughNobodyTypes() throws Exception {
    links.wake(pulse::wake);
    links.accept(new ClientEvent.Lost("reset"));
    ahead.addAndGet(5 * SECOND);
    until(() -> isShown("host: link lost for 5 s, reconnecting"));
  }

  @Test
  void anOutageIsNoRoundTrip() throws Exception {
    type("a");
    Runnable question = question();
    ahead.addAndGet(60 * SECOND);
    question.run();
    type("b");
    question().run();
    until(() -> pulse.roundTripNanos() > 0);
    assertThat(pulse.roundTripNanos()).isLessThan(5 * SECOND);
  }
}
