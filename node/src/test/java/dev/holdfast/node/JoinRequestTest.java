package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.terminal.Size;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JoinRequestTest {
  @Test
  void theCommandNamesASessionAndPerhapsThatOneOnlyLooks() {
    assertThat(JoinRequest.of(new SessionRequest.Exec("holdfast-join 7f0c-1")))
        .contains(new JoinRequest("7f0c-1", Joining.JOIN, Optional.empty()));
    assertThat(JoinRequest.of(new SessionRequest.Exec("holdfast-join --observe  7f0c-1 ")))
        .contains(new JoinRequest("7f0c-1", Joining.OBSERVE, Optional.empty()));
    assertThat(JoinRequest.of(new SessionRequest.Exec("holdfast-join --size 120x40 7f0c-1")))
        .contains(new JoinRequest("7f0c-1", Joining.JOIN, Optional.of(new Size(120, 40))));
  }

  @Test
  void whatIsNoIdIsAskedForInVain() {
    for (String words :
        new String[] {
          "",
          " ",
          " a b",
          " --observe",
          " --other a",
          " a;b",
          " $(id)",
          " -a",
          " a\nb",
          " a --observe",
          " --size 0x0 a",
          " --size 1000x1 a",
          " " + "a".repeat(65),
          " " + " ".repeat(200) + "a"
        }) {
      assertThat(JoinRequest.of(new SessionRequest.Exec("holdfast-join" + words)))
          .as(words)
          .hasValueSatisfying(it -> assertThat(it.session()).isEmpty());
    }
  }

  @Test
  void otherCommandsAreNone() {
    assertThat(JoinRequest.of(new SessionRequest.Exec("holdfast-joined a"))).isEmpty();
    assertThat(JoinRequest.of(new SessionRequest.Exec("echo holdfast-join a"))).isEmpty();
    assertThat(JoinRequest.of(new SessionRequest.Shell())).isEmpty();
    assertThat(JoinRequest.of(new SessionRequest.Subsystem("holdfast-join a"))).isEmpty();
  }
}
