package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Every packet on every interface of a network namespace, by tcpdump. */
final class Capture implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** So much of each packet is kept, and so many KiB of packets that wait to be written. */
  private static final String KEPT_BYTES = "256";

  private static final String WAITING_KIB = "32768";

  private final Path file = Scratch.directory("capture").resolve("packets");
  private final Program program;

  /** Begins. */
  Capture(Namespace namespace) {
    program =
        Command.of("tcpdump", "-i", "any", "-n", "-U", "-s", KEPT_BYTES, "-B", WAITING_KIB)
            .plus("-w", "-")
            .startedBy(namespace.enter())
            .writing(file)
            .start();
    program.awaitOutput("listening on any", SOON);
  }

  /** Ends it; fails if the kernel has dropped a packet that there was no room for. */
  void end() {
    program.signal("TERM");
    assertThat(program.await(SOON).ok().errors()).contains("0 packets dropped by kernel");
  }

  /** The packets, one a line, of which an expression is true (pcap-filter(7)). */
  List<String> packets(String expression) {
    return Command.of("tcpdump", "-n", "-r", file.toString(), expression)
        .run()
        .ok()
        .output()
        .lines()
        .toList();
  }

  @Override
  public void close() {
    program.close();
  }
}
