package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Connections to the server behind a gate, while they are being made. Thread-safe. */
final class ServerDials {
  /** Time for a connection to the server. */
  private static final Duration DIAL = Duration.ofSeconds(10);

  private final Dialer dialer = Dialer.ofSystem(Map.of());
  private final AtomicInteger underWay = new AtomicInteger();
  private final BiConsumer<SocketAddress, String> failures;

  /** {@code failures} hears for which client the server could not be had, and why. */
  ServerDials(BiConsumer<SocketAddress, String> failures) {
    this.failures = failures;
  }

  /** How many are under way. */
  int underWay() {
    return underWay.get();
  }

  /**
   * Connects to the server on behalf of {@code client}, says the preamble, and reports on {@code
   * loop}.
   */
  void dial(
      Destination to,
      GateSettings.Preamble preamble,
      Loop loop,
      SocketChannel client,
      Consumer<SocketChannel> connected,
      Consumer<String> failed) {
    SocketAddress from = Addresses.remote(client);
    SocketAddress at = Addresses.local(client);
    underWay.incrementAndGet();
    Thread.ofVirtual()
        .name("dial")
        .start(() -> {
          try (Dial dial = dialer.dial(to, DIAL)) {
            SocketChannel server = dial.connect();
            preamble.accept(server, from, at);
            loop.give(server, () -> finish(() -> connected.accept(server)));
          } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            failures.accept(from, why);
            report(loop, () -> failed.accept(why));
          }
        });
  }

  private void report(Loop loop, Runnable outcome) {
    loop.execute(() -> finish(outcome));
  }

  private void finish(Runnable outcome) {
    underWay.decrementAndGet();
    outcome.run();
  }
}
