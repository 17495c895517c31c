package dev.holdfast.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * A program that says on its output what a watch of the network tells, to be run in a network
 * namespace of its own. Its argument is {@code tell} for a {@link NetworkWatch} or {@code look} for
 * an {@link InterfacePoll}: then a line on its input asks whether that address is local. With
 * {@code step} an empty line asks {@link Netlink} what has happened. The input's end ends it.
 */
final class NetworkWatchProbe {
  private NetworkWatchProbe() {}

  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "tell" -> tell();
      case "step" -> {
        step();
        return;
      }
      case "look" -> Thread.ofPlatform().daemon().start(NetworkWatchProbe::look);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      say(line + " " + NetworkWatch.isLocal(InetAddress.ofLiteral(line)));
    }
  }

  @SuppressWarnings("resource") // until the program ends
  private static void tell() {
    NetworkWatch watch = NetworkWatch.start();
    watch.listen(change -> say(change.name()));
    while (watch.means() == NetworkWatch.Means.STARTING) {
      Thread.onSpinWait();
    }
    say("by " + watch.means());
  }

  /** Asks netlink itself once for each line: what has happened meanwhile lies in its queue. */
  private static void step() throws IOException {
    try (Netlink netlink = Netlink.open()) {
      say("by NETLINK");
      while (System.in.read() == '\n') {
        say(netlink.await().name());
      }
    }
  }

  private static void look() {
    try (InterfacePoll looks = new InterfacePoll()) {
      say("by POLLING");
      while (true) {
        if (looks.await() == ChangeSource.Signal.CHANGED) {
          say(NetworkWatch.Change.ADDRESSES.name());
        }
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
