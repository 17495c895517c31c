package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.JoinableSession;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JoinCommandTest {
  private static JoinableSession session(String id) {
    return new JoinableSession(
        id,
        "web1",
        "alice",
        "deploy",
        "192.0.2.7",
        "shell",
        "",
        Instant.parse("2026-11-21T10:50:07Z"),
        Joining.JOIN);
  }

  @Test
  void aSessionIsNamedByItsIdOrByItsUserAndNode() {
    assertThat(JoinCommand.query(null))
        .isEqualTo(new JoinQuery(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(JoinCommand.query("7f0c"))
        .isEqualTo(new JoinQuery(Optional.of("7f0c"), Optional.empty(), Optional.empty()));
    assertThat(JoinCommand.query("al@ice@web1"))
        .isEqualTo(new JoinQuery(Optional.empty(), Optional.of("al@ice"), Optional.of("web1")));
  }

  @Test
  void oneIsJoinedAndNoneOrSeveralAreASentence() throws IOException {
    assertThat(JoinCommand.only("alice@web1", List.of(session("7f0c"))).session())
        .isEqualTo("7f0c");
    assertThatThrownBy(() -> JoinCommand.only("7f0c\u001b", List.of()))
        .hasMessage(
            "There is no live session 7f0c? that you may join; 'holdfast join' lists those that"
                + " there are.");
    assertThatThrownBy(() -> JoinCommand.only("alice@web1", List.of(session("a"), session("b"))))
        .hasMessage("There are 2 live sessions of alice@web1; join one by its ID: a, b.");
  }
}
