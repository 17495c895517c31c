package dev.holdfast.link;

import static dev.holdfast.link.DialFixture.LONG;
import static dev.holdfast.link.DialFixture.closedPort;
import static dev.holdfast.link.DialFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux's way with a full queue")
@Timeout(60)
class DialRaceTest {
  private static final Duration PACE = Duration.ofMillis(20);

  private final DialFixture fixture = new DialFixture();
  private final Dialer dialer = new Dialer(fixture.resolver, ProxyChoice.from(Map.of()));

  @AfterEach
  void closeAll() throws Exception {
    fixture.closeAll();
  }

  private CompletableFuture<SocketChannel> race(int port, Duration timeout) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            Destination to = new Destination("127.0.0.1", port);
            return fixture.keep(DialRace.connect(dialer, to, timeout, PACE));
          } catch (DialException e) {
            throw new CompletionException(e);
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  void dialsAgainWhileNobodyAnswersAndLeavesOneConnection() throws Exception {
    SilentListener listener = fixture.keep(new SilentListener("127.0.0.1", 0));
    CompletableFuture<SocketChannel> connection = race(listener.port(), LONG);
    await().until(() -> listener.knocking() == DialRace.MOST);
    listener.acceptAll();
    assertThat(connection.join().isConnected()).isTrue();
    await().until(() -> listener.knocking() == 0);
  }

  @Test
  void isOverWhenItsTimeIs() throws Exception {
    SilentListener listener = fixture.keep(new SilentListener("127.0.0.1", 0));
    assertThat(failure(race(listener.port(), Duration.ofMillis(100))))
        .isInstanceOf(DialFailure.TimedOut.class);
    await().until(() -> listener.knocking() == 0);
  }

  @Test
  void aRefusalIsTakenForAnAnswer() throws Exception {
    assertThat(failure(race(closedPort(), LONG))).isInstanceOf(DialFailure.Refused.class);
  }
}
