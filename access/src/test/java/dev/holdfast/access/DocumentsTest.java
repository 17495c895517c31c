package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Documents.Document;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DocumentsTest {
  private static final String ROLE =
      """
      kind: role
      name: developer
      allow:
        logins: [deploy, '{{user.name}}']
        nodes: {env: [dev, test], tier: '*'}
        rights: audit
      deny:
        logins: [root]
      options:
        max_connections: 5
        certificate_time: 8h
        recording: node_sync
        port_forwarding: false
        join_sessions: no
      """;

  @Test
  void aRoleIsReadWhole() {
    assertThat(Documents.read(ROLE, "r.yaml"))
        .containsExactly(
            new Document.OfRole(
                new Role(
                    "developer",
                    new Grant(
                        List.of("deploy", Grant.USER_NAME),
                        new LabelSelector(
                            Map.of("env", List.of("dev", "test"), "tier", List.of("*"))),
                        Set.of(Right.AUDIT)),
                    Grant.of(LabelSelector.NONE, "root"),
                    RoleOptions.NONE
                        .withMaxConnections(5)
                        .withCertificateTime(Duration.ofHours(8))
                        .withRecording(RecordingMode.NODE_SYNC)
                        .withPortForwarding(false)
                        .withJoinSessions(RoleOptions.Joining.NO))));
  }

  @Test
  void aFileHoldsSeveralDocuments() {
    String text =
        "kind: user\nname: alice\nroles: developer\nkeys: ['ssh-ed25519 AAAA alice@home']\n---\n"
            + "kind: token\npurpose: node\ntime: 1h\nlabels: {env: dev}\n---\n"
            + ROLE;
    assertThat(Documents.read(text, "all.yaml"))
        .hasSize(3)
        .first()
        .isEqualTo(
            new Document.OfUser(
                new User(
                    "alice",
                    List.of("developer"),
                    List.of("ssh-ed25519 AAAA alice@home"),
                    Optional.empty())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`kind: role~name: a~alow: {}~` | `r.yaml:3:1: there is no member 'alow' here; known are"
            + " name, allow, deny, options`",
        "`kind: role~name: a~name: b~` | `r.yaml:3:1: 'name' is there twice`",
        "`kind: role~allow: {}~` | `r.yaml:1:1: 'name' is missing`",
        "`kind: role~name: a~options:~  max_sessions: many~` | `r.yaml:4:17: this must be a whole"
            + " number`",
        "`kind: role~name: a~options:~  max_sessions: -1~` | `r.yaml:4:3: max_sessions is a number"
            + " from 0 to 1000000.`",
        "`kind: role~name: a~options: {recording: loud}~` | `r.yaml:3:22: 'loud' is none of off,"
            + " node, proxy, node_sync, proxy_sync`",
        "`kind: role~name: A B~` | `r.yaml:1:1: 'A B' can't be the name of a role: use lower-case"
            + " letters, digits, '.', '_', '@' and '-'.`",
        "`kind: rule~name: a~` | `r.yaml:1:7: 'kind' must be role, user or token`",
        "`name: a~` | `r.yaml:1:1: 'kind' must be role, user or token`",
        "`- a~` | `r.yaml:1:1: a document with 'kind: role', 'user' or 'token' is expected`",
        "`kind: user~name: join~` | `r.yaml:1:1: 'join' can't be the name of a user: use lower-case"
            + " letters, digits, '.', '_', '@' and '-'.`",
        "`kind: role~name: a~allow: {nodes: {'*': prod}}~` | `r.yaml:3:16: The label '*' stands for"
            + " every machine: write '*': '*'.`"
      })
  void whatIsWrongIsSaidWithItsPlace(String lines, String sentence) {
    assertThatThrownBy(() -> Documents.read(lines.replace('~', '\n'), "r.yaml"))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessage(sentence);
  }

  @Test
  void whatIsNoYamlIsSaidWithItsPlace() {
    assertThatThrownBy(() -> Documents.read("kind: [", "r.yaml"))
        .hasMessageStartingWith("r.yaml:1:8: this is not YAML");
  }

  @Test
  void aFileMayNotBeLongerThanItsBound() {
    String text = "#".repeat(Documents.MOST_CHARACTERS + 1);
    assertThatThrownBy(() -> Documents.read(text, "r.yaml"))
        .hasMessageContaining("longer than such a file can be");
  }
}
