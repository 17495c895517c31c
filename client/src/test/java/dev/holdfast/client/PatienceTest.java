package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.Patience.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class PatienceTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Prompts prompts =
      new Prompts(Map.of(), new PrintStream(said, true, StandardCharsets.UTF_8), false);
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  @Test
  void waitsUntilThereIsRoomAndSaysSoOnce() throws Exception {
    Attempt<String> third =
        () -> {
          if (attempts.incrementAndGet() < 3) {
            throw new NoRoomException("You have 3 connections open.", null);
          }
          return "in";
        };
    Patience patience = new Patience(prompts, Duration.ofMinutes(1));
    assertThat(patience.have(third, left::incrementAndGet)).isEqualTo("in");
    assertThat(left).hasValue(2);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("You have 3 connections open. Waiting for up to 60s.");
  }

  @Test
  void whoDoesNotWantToWaitIsToldAtOnce() {
    Patience patience = new Patience(prompts, Duration.ZERO);
    assertThatThrownBy(() -> patience.have(this::full, left::incrementAndGet))
        .hasMessage("You have ?3 connections open.");
    assertThat(attempts).hasValue(1);
    assertThat(said.size()).isZero();
  }

  @Test
  void whatIsNoMatterOfRoomIsNotTriedAgain() {
    Patience patience = new Patience(prompts, Duration.ofMinutes(1));
    Attempt<String> broken =
        () -> {
          attempts.incrementAndGet();
          throw new IOException("no route");
        };
    assertThatThrownBy(() -> patience.have(broken, left::incrementAndGet)).hasMessage("no route");
    assertThat(attempts).hasValue(1);
  }

  private String full() throws IOException {
    attempts.incrementAndGet();
    throw new NoRoomException("You have \u001b3 connections open.", null);
  }
}
