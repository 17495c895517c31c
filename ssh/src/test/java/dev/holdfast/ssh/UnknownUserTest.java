package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.OpenSsh;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stranger does not learn which accounts there are. */
@Timeout(120)
final class UnknownUserTest {
  @TempDir Path directory;

  /** The same words, word for word, to an account that has other keys and to a name without one. */
  @Test
  void aNameWithoutAccountIsAnsweredAsOneWithOtherKeys() throws Exception {
    try (NodeRig rig = new NodeRig(directory)) {
      rig.account.authorize(SshKeys.line(SshKeys.generateEd25519().getPublic()));
      List<String> account = dialogue(rig, "me");
      assertThat(account).anyMatch(line -> line.contains("type 51"));
      assertThat(dialogue(rig, "nobody-here")).isEqualTo(account);
    }
  }

  /** However long it took to look: the end of an attempt is on a grid that only the name makes. */
  @Test
  void whatWasLookedUpIsNotToldByHowLongItTook() {
    LoginDelay delay = new LoginDelay(new java.security.SecureRandom());
    for (String user : List.of("me", "nobody-here")) {
      long quick = delay.nanos(user, 10_000);
      assertThat(quick).isGreaterThan(4_000_000).isEqualTo(delay.nanos(user, quick - 1));
      assertThat(delay.nanos(user, quick + 1)).isEqualTo(2 * quick);
    }
  }

  /** What ssh says about the packets that it gets and sends until it gives up. */
  private static List<String> dialogue(NodeRig rig, String user) throws Exception {
    OpenSsh.Ended ended = rig.ssh("x", "-vvv", "-o", "User=ignored", "-l", user);
    assertThat(ended.status()).isEqualTo(255);
    return ended
        .err()
        .lines()
        .filter(line -> line.contains("packet: type") || line.contains("Authentications that"))
        .map(line -> line.strip())
        .toList();
  }
}
