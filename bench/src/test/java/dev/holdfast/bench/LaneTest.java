package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real processes: a client, and the raw relay between. */
final class LaneTest {
  private static final int CONNECTIONS = 8;

  private int server;

  @BeforeEach
  void listen() throws IOException {
    server = Service.listen(Thread.ofVirtual().factory());
  }

  @Test
  void bytesPassTheRelayUnchangedAndItsWorkIsSeenInItsOwnProcess() throws IOException {
    try (Lane lane = Lane.start(Baseline.RAW_RELAY, server, CONNECTIONS)) {
      double clientBefore = lane.clientCpuSeconds();
      double betweenBefore = lane.betweenCpuSeconds();
      lane.client().ask("open 0 " + lane.port());
      lane.client().ask("check 0 5000000");
      assertThat(lane.client().ask("both 0 500000000")).hasSize(1);
      assertThat(lane.clientCpuSeconds()).isGreaterThan(clientBefore);
      assertThat(lane.betweenCpuSeconds()).isGreaterThan(betweenBefore);
      assertThat(lane.betweenUsage().pssKib()).isPositive();
    }
  }

  @Test
  void theRelayPassesTheEndOnAndThenWhatIsStillUnderWay() throws IOException {
    try (Lane lane = Lane.start(Baseline.RAW_RELAY, server, CONNECTIONS);
        var socket = new Socket(InetAddress.getLoopbackAddress(), lane.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(Op.SOURCE.request(100_000).array());
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).hasSize(100_000);
    }
  }

  @Test
  void directHasNothingBetween() throws IOException {
    try (Lane lane = Lane.start(Baseline.DIRECT, server, CONNECTIONS)) {
      assertThat(lane.port()).isEqualTo(server);
      assertThat(lane.betweenCpuSeconds()).isZero();
    }
  }

  @Test
  void aFailedOrderIsAnErrorWithTheReason() throws IOException {
    try (Lane lane = Lane.start(Baseline.DIRECT, server, CONNECTIONS)) {
      assertThatThrownBy(() -> lane.client().ask("key 7")).hasMessageContaining("slot 7");
    }
  }

  @Test
  void aProcessThatEndsInsteadOfListeningIsAnErrorAtOnce() {
    assertThatThrownBy(() -> Lane.start(new Broken(), server, CONNECTIONS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken does not listen");
  }

  /** A contender whose process does nothing. */
  private record Broken() implements Path {
    @Override
    public String label() {
      return "broken";
    }

    @Override
    public List<String> between(int listenPort, int serverPort, java.nio.file.Path scratch) {
      return List.of("true");
    }

    @Override
    public List<String> dialer() {
      return List.of("socket");
    }

    @Override
    public boolean resumes() {
      return false;
    }
  }
}
