package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys between sessions. */
@Timeout(60)
final class KeyboardTest {
  private final PipedOutputStream typing = new PipedOutputStream();
  private final AtomicInteger refused = new AtomicInteger();
  private final Keyboard keyboard;

  KeyboardTest() throws IOException {
    keyboard = keyboard(true);
    keyboard.start();
  }

  private Keyboard keyboard(boolean isPerson) throws IOException {
    return new Keyboard(
        new PipedInputStream(typing, 1 << 16), -1, _ -> {}, isPerson, refused::incrementAndGet);
  }

  /** What a session got. */
  private static final class Got implements Keyboard.Sink {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile boolean isLost;
    volatile boolean isEnded;

    @Override
    public synchronized void typed(byte[] typed, int offset, int length) throws IOException {
      if (isLost) {
        throw new IOException("lost");
      }
      bytes.write(typed, offset, length);
    }

    @Override
    public void ended() {
      isEnded = true;
    }

    void await(String text) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(bytes.toString(US_ASCII)).isEqualTo(text));
    }
  }

  private void type(String text) throws IOException {
    typing.write(text.getBytes(US_ASCII));
    typing.flush();
  }

  @Test
  void whatIsTypedWithoutASessionIsTheNextOnesOnce() throws Exception {
    type("early ");
    Got first = new Got();
    keyboard.lead(first);
    type("then");
    first.await("early then");
    keyboard.hold();
    type(" between");
    Got second = new Got();
    keyboard.lead(second);
    second.await(" between");
    first.await("early then");
  }

  @Test
  void whatWasTypedIntoALostSessionIsNotTypedAgainAndIsCounted() throws Exception {
    Got first = new Got();
    keyboard.lead(first);
    type("abc");
    first.await("abc");
    keyboard.confirm(2);
    first.isLost = true;
    type("de");
    Awaitility.await().until(() -> keyboard.sent() == 5);
    assertThat(keyboard.unconfirmed()).isEqualTo(3);
    keyboard.hold();
    Got second = new Got();
    keyboard.lead(second);
    type("f");
    second.await("f");
  }

  @Test
  void whatIsKeptHasABoundAndTheRestIsRefused() throws Exception {
    type("x".repeat(Keyboard.MOST_HELD));
    type("y");
    Awaitility.await().until(() -> refused.get() > 0);
    Got next = new Got();
    keyboard.lead(next);
    next.await("x".repeat(Keyboard.MOST_HELD));
  }

  @Test
  void aPipeWaitsForTheSessionAndLosesNothing() throws Exception {
    PipedOutputStream pipe = new PipedOutputStream();
    Keyboard fromPipe =
        new Keyboard(
            new PipedInputStream(pipe, 1 << 16), -1, _ -> {}, false, refused::incrementAndGet);
    fromPipe.start();
    String much = "x".repeat(3 * Keyboard.MOST_HELD);
    pipe.write(much.getBytes(US_ASCII));
    pipe.close();
    Got next = new Got();
    fromPipe.lead(next);
    next.await(much);
    Awaitility.await().until(() -> next.isEnded);
    assertThat(refused).hasValue(0);
  }

  @Test
  void theEndIsToldToASessionThatComesLater() throws Exception {
    typing.close();
    Got next = new Got();
    keyboard.lead(next);
    Awaitility.await().until(() -> next.isEnded);
  }

  @Test
  void anAnswerIsTakenFromTheKeysAndTheSessionDoesNotSeeIt() throws Exception {
    Got session = new Got();
    keyboard.lead(session);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    TypedLine line = new TypedLine(shown, false);
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer.complete(keyboard.answer(line));
          } catch (InterruptedException e) {
            answer.completeExceptionally(e);
          }
        });
    Awaitility.await().until(keyboard::isPrompting);
    type("secrex\177t\r");
    assertThat(answer.get()).isEqualTo("secret");
    assertThat(shown.toString(US_ASCII)).isEqualTo("\r\n");
    type("key");
    session.await("key");
  }
}
