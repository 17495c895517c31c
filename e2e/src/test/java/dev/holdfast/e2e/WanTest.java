package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Our emulator of a wide-area network does what the tests of roaming rely on. */
@NeedsRoot
@Needs({Tool.GCC, Tool.SOCAT, Tool.IP})
final class WanTest {
  private static final String PEER = "TCP-LISTEN:7000,fork,reuseaddr";

  @Test
  void theServerSeesTheAddressThatTheClientHasJustNow() {
    try (Wan wan = new Wan("-n", "delay=5ms")) {
      try (Program server =
          Command.of("socat", PEER, "SYSTEM:echo $SOCAT_PEERADDR")
              .startedBy(wan.server().enter())
              .start()) {
        Ports.awaitListening(server, 7000);
        assertThat(seenAddress(wan)).isEqualTo("198.51.100.1");
        wan.tell("roam 203.0.113.7");
        assertThat(seenAddress(wan)).isEqualTo("203.0.113.7");
        wan.tell("nat off; readdr 10.77.1.9/24");
        assertThat(seenAddress(wan)).isEqualTo("10.77.1.9");
        assertThat(wan.packets()).hasSize(2).allMatch(count -> count > 5);
      }
    }
  }

  @Test
  void leavesNoNamespaceBehind() {
    Namespace client;
    try (Wan wan = new Wan()) {
      client = wan.client();
      assertThat(Files.exists(Path.of("/run/netns", client.name()))).isTrue();
    }
    assertThat(Files.exists(Path.of("/run/netns", client.name()))).isFalse();
  }

  private static String seenAddress(Wan wan) {
    return Command.of("socat", "-", "TCP:" + Wan.SERVER_ADDRESS + ":7000")
        .startedBy(wan.client().enter())
        .run()
        .ok()
        .output()
        .strip();
  }
}
