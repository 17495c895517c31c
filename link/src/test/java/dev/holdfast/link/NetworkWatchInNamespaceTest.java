package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watch in a network whose addresses and routes the test changes. */
@Timeout(60)
class NetworkWatchInNamespaceTest {
  @Test
  void tellsOfAddressesRoutesAndCarriers() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create();
        Probe probe = new Probe(network.start(NetworkWatchProbe.class, "tell"))) {
      assertThat(probe.heard()).isEqualTo("by NETLINK");
      network.ip("address", "add", "10.77.0.1/24", "dev", "lo");
      probe.awaitChange();
      network.ip("route", "add", "10.78.0.0/24", "via", "10.77.0.2");
      probe.awaitChange();
      network.ip("route", "delete", "10.78.0.0/24");
      probe.awaitChange();
      network.ip("address", "add", "2001:db8::1/64", "dev", "lo");
      probe.awaitChange();
      network.ip("link", "add", "hfd0", "type", "veth", "peer", "name", "hfd1");
      network.ip("link", "set", "hfd0", "up");
      network.ip("link", "set", "hfd1", "up");
      probe.awaitChange();
      network.ip("link", "delete", "hfd0");
      probe.awaitChange();
    }
  }

  @Test
  void whatIsOnlyRepeatedIsNoChange() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create()) {
      network.ip("address", "add", "10.77.0.1/24", "dev", "lo");
      try (Probe probe = new Probe(network.start(NetworkWatchProbe.class, "step"))) {
        assertThat(probe.heard()).isEqualTo("by NETLINK");
        repeatAddress(network, "1000"); // as a router's advertisement does
        assertThat(probe.ask("")).isEqualTo("QUIET");
        network.ip("address", "delete", "10.77.0.1/24", "dev", "lo");
        assertThat(probe.ask("")).isEqualTo("CHANGED");
        network.ip("address", "add", "10.77.0.1/24", "dev", "lo");
        assertThat(probe.ask("")).isEqualTo("CHANGED");
        repeatAddress(network, "2000");
        assertThat(probe.ask("")).isEqualTo("QUIET");
      }
    }
  }

  private static void repeatAddress(NetworkNamespace network, String seconds) throws IOException {
    String[] lifetimes = {"valid_lft", seconds, "preferred_lft", seconds};
    network.ip(
        Stream.concat(
                Stream.of("address", "change", "10.77.0.1/24", "dev", "lo"), Stream.of(lifetimes))
            .toArray(String[]::new));
  }

  @Test
  void aCarrierThatComesAloneIsAChange() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create()) {
      network.run(
          "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"); // no addresses, no routes
      network.ip("link", "add", "hfd0", "type", "veth", "peer", "name", "hfd1");
      network.ip("address", "add", "10.77.0.1/24", "dev", "hfd0");
      network.ip("link", "set", "hfd0", "up");
      try (Probe probe = new Probe(network.start(NetworkWatchProbe.class, "step"))) {
        assertThat(probe.heard()).isEqualTo("by NETLINK");
        network.ip("link", "set", "hfd1", "up");
        probe.awaitStep("CHANGED");
        network.ip("link", "set", "hfd1", "down");
        probe.awaitStep("CHANGED");
      }
    }
  }

  @Test
  void knowsWhetherAnAddressIsStillOnes() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create();
        Probe probe = new Probe(network.start(NetworkWatchProbe.class, "look"))) {
      assertThat(probe.heard()).isEqualTo("by POLLING");
      assertThat(probe.ask("2001:db8::7")).isEqualTo("2001:db8::7 false");
      network.ip("address", "add", "2001:db8::7/64", "dev", "lo");
      probe.awaitChange();
      assertThat(probe.ask("2001:db8::7")).isEqualTo("2001:db8::7 true");
      network.ip("address", "delete", "2001:db8::7/64", "dev", "lo");
      probe.awaitChange();
      assertThat(probe.ask("2001:db8::7")).isEqualTo("2001:db8::7 false");
    }
  }

  /** What the program in the namespace says. */
  private static final class Probe implements AutoCloseable {
    private final Process process;
    private final PrintStream questions;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    Probe(Process process) {
      this.process = process;
      this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
      Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
      try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          said.add(line);
        }
      } catch (IOException _) {
        // It has ended.
      }
    }

    String heard() throws InterruptedException {
      String line = said.poll(20, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing was said");
      }
      return line;
    }

    String ask(String line) throws InterruptedException {
      questions.println(line);
      return heard();
    }

    /** Asks until that is the answer: the kernel tells of a carrier within a second. */
    void awaitStep(String signal) throws InterruptedException {
      String heard = ask("");
      for (int i = 0; i < 10 && !heard.equals(signal); i++) {
        heard = ask("");
      }
      assertThat(heard).isEqualTo(signal);
    }

    /**
     * Waits for a change, and for the answer to a question, so that what comes in a second burst is
     * taken with it.
     */
    void awaitChange() throws InterruptedException {
      assertThat(heard()).isEqualTo("ADDRESSES");
      for (String line = ask("127.0.0.1"); !line.startsWith("127.0.0.1"); line = heard()) {
        assertThat(line).isEqualTo("ADDRESSES");
      }
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
