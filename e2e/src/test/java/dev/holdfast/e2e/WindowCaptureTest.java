package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What leaves a machine while a window is open there, packet by packet: a real Chromium shows a
 * page that tries every way past its proxy. The machine is a network namespace with a cable to the
 * server's, by which its default routes and its name server lead, so that nothing is lost on the
 * way out.
 */
@NeedsRoot
@Needs({Tool.CHROMIUM, Tool.IP, Tool.SOCAT, Tool.SSHD, Tool.TCPDUMP})
final class WindowCaptureTest {
  private static final String HERE = "10.79.1.2";
  private static final String THERE = "10.79.1.1";
  private static final String NAME_SERVER = "10.79.3.53";

  /** A port of the browser's own machine, at which nobody listens: packets to it are enough. */
  private static final int OWN_PORT = 8123;

  private static final String PAGE =
      "http://localhost:%d/leaks?own=%s&port=%d".formatted(ReportingApp.PORT, HERE, OWN_PORT);

  /** Neighbours (RFC 4861), and that the kernel takes part in a group (RFC 3810). */
  private static final String NEIGHBOURS =
      "arp or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137)"
          + " or (ip6[6] == 0 and ip6[40] == 58 and ip6[48] == 143)";

  private static Namespace here;
  private static FarApp server;
  private static int gatewayPort;
  private static Program gateway;

  @BeforeAll
  static void lay() throws IOException {
    Namespace.removeStale();
    here = Namespace.fresh("w");
    server = new FarApp("alpha");
    Command.of("ip", "netns", "add", here.name()).run().ok();
    in(here, "ip", "link", "set", "lo", "up");
    String far = server.namespace().name();
    in(here, "ip", "link", "add", "way", "type", "veth", "peer", "name", "way", "netns", far);
    plug(here, HERE, THERE, "fd79::2", "fd79::1");
    plug(server.namespace(), THERE, HERE, "fd79::1", "fd79::2");
    gatewayPort = Ports.free().getPort();
    gateway =
        Command.of("socat", "TCP-LISTEN:" + gatewayPort + ",fork,reuseaddr")
            .plus("TCP:" + Ports.text(server.sshd()))
            .startedBy(server.namespace().enter())
            .start();
    Ports.awaitListening(gateway, gatewayPort);
  }

  private static void plug(Namespace at, String four, String far, String six, String farSix) {
    in(at, "ip", "address", "add", four + "/24", "dev", "way");
    in(at, "ip", "address", "add", six + "/64", "dev", "way", "nodad");
    in(at, "ip", "link", "set", "way", "up");
    in(at, "ip", "route", "add", "default", "via", far);
    in(at, "ip", "-6", "route", "add", "default", "via", farSix, "dev", "way");
  }

  private static void in(Namespace at, String... command) {
    Command.of(command).startedBy(at.enter()).run().ok();
  }

  @AfterAll
  static void removeAll() {
    gateway.close();
    server.close();
    here.remove();
  }

  /** Into the namespace, where names are asked for of a server behind the cable. */
  private static List<String> launcher() throws IOException {
    Path resolver = Scratch.directory("resolver").resolve("resolv.conf");
    Files.writeString(resolver, "nameserver " + NAME_SERVER + "\n");
    List<String> launcher = new ArrayList<>(here.enter());
    launcher.addAll(List.of("unshare", "--mount", "sh", "-c"));
    launcher.add("mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"");
    launcher.add(resolver.toString());
    return launcher;
  }

  @Test
  void nothingLeavesTheMachineButSshToTheServer() throws IOException {
    Window window = Window.fresh(launcher());
    List<String> way =
        FarApp.sshOptions("-p", Integer.toString(gatewayPort), "-o", "HostName=" + THERE);
    try (Capture capture = new Capture(here)) {
      int before = server.app().reports();
      try (Program open = window.open(way, "root@alpha", PAGE)) {
        Map<String, String> report = server.app().awaitReport(before, open);
        Window.end(open);
        assertThat(report).containsEntry("reached", "").containsEntry("candidates", "0");
      }
      capture.end();

      String ssh = "(tcp port %d and host %s)".formatted(gatewayPort, THERE);
      String door = "(tcp port %d and net 127.0.0.0/8)".formatted(window.door());
      assertThat(capture.packets(ssh)).isNotEmpty();
      assertThat(capture.packets(door)).isNotEmpty();
      assertThat(capture.packets("not (%s or %s or %s)".formatted(ssh, door, NEIGHBOURS)))
          .isEmpty();
    }
  }

  /** What the test above would see: the same page at the same address in the same browser. */
  @Test
  void aBrowserThatIsNoWindowSendsAllThatTheCaptureLooksFor() throws IOException {
    Path home = Scratch.directory("plain");
    try (ReportingApp app = new ReportingApp("own", here.enter());
        Capture capture = new Capture(here)) {
      Command plain =
          Command.of("chromium", "--user-data-dir=" + home.resolve("profile"), "--no-first-run")
              .plus(Window.HEADLESS.toArray(String[]::new))
              .plus(PAGE)
              .with("HOME", home.toString())
              .startedBy(launcher());
      try (Program browser = plain.start()) {
        app.awaitReport(0, browser);
      }
      capture.end();

      for (String expected :
          List.of(
              "udp port 53 and host " + NAME_SERVER,
              "udp port 3478 and host 192.0.2.5",
              "udp port 3478 and host 2001:db8::5",
              "tcp port 3478 and host 192.0.2.6",
              "udp port 4433 and host 192.0.2.4",
              "tcp port 80 and host 192.0.2.2",
              "tcp port 80 and host 192.0.2.4",
              "tcp port 443 and host 192.0.2.4",
              "tcp port 80 and host 2001:db8::4",
              "tcp port %d and net 127.0.0.0/8".formatted(OWN_PORT),
              "tcp port %d and host ::1".formatted(OWN_PORT),
              "tcp port %d and host %s".formatted(OWN_PORT, HERE))) {
        assertThat(capture.packets(expected)).as(expected).isNotEmpty();
      }
    }
  }
}
