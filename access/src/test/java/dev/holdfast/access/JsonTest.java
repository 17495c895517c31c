package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "01",
        "1.",
        "nul",
        "\"\u0001\"",
        "\"\\x\"",
        "1 2",
        "'a'",
        "1e999",
        "[1 2]",
        "{\"a\" 1}",
        "\"a",
        "NaN",
        "12345678901234567890"
      })
  void whatIsNotJsonIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageStartingWith("This is not JSON: ");
  }

  @Test
  void soManyValuesInOneAnotherAndNoMore() throws Exception {
    int most = JsonParser.MOST_DEPTH;
    Json.parse("[".repeat(most) + "1" + "]".repeat(most));
    assertThatThrownBy(() -> Json.parse("[".repeat(most + 1) + "1" + "]".repeat(most + 1)))
        .hasMessageContaining("in one another");
  }

  @Test
  void whatATerminalCouldActUponIsEscaped() {
    assertThat(Json.of("a\u001b[2J\u009b\u202e\"\\\n").line())
        .isEqualTo("\"a\\u001b[2J\\u009b\\u202e\\\"\\\\\\n\"");
  }

  @Test
  void plainValuesComeBackAsTheyWere() throws Exception {
    Map<String, Object> plain =
        Map.of("a", "b", "c", List.of(1L, 2.5, true), "d", Map.of("e", -3L), "f", List.of());
    String line = Json.from(plain).line();
    assertThat(Json.parse(line).plain()).contains(plain);
    assertThat(Json.parse("{\"a\":null,\"b\":[null,1e2]}").plain())
        .contains(Map.of("b", List.of(100L)));
    assertThat(Json.from(List.of(Double.NaN, Duration.ofSeconds(1))).line())
        .isEqualTo("[null,\"PT1S\"]");
  }

  @Test
  void recordsComeBackAsTheyWere() throws Exception {
    Lock lock =
        new Lock(
            "1",
            new Lock.Target(Lock.Kind.USER, "alice"),
            "why",
            Optional.of(Instant.parse("2026-01-01T00:00:00Z")));
    assertThat(back(lock, Lock.class)).isEqualTo(lock);
    Change change = new Change.Locked(lock);
    assertThat(Records.write(change).line())
        .startsWith("{\"is\":\"locked\",\"lock\":{\"id\":\"1\"");
    assertThat(back(change, Change.class)).isEqualTo(change);
    Role role =
        new Role(
            "r",
            Grant.of(LabelSelector.parse("env=dev,env=test"), "root"),
            Grant.NONE,
            RoleOptions.NONE
                .withMaxConnections(3)
                .withCertificateTime(Duration.ofMinutes(5))
                .withRecording(RecordingMode.OFF)
                .withPortForwarding(true));
    assertThat(back(role, Role.class)).isEqualTo(role);
    AuditEvent event = AuditEvent.of(AuditCode.LOGIN, "alice", "count", 3L, "ok", true, "a", "b");
    assertThat(back(event, AuditEvent.class)).isEqualTo(event);
    Labels labels = new Labels(Map.of("a", "b"));
    assertThat(Records.write(labels).line()).isEqualTo("{\"a\":\"b\"}");
    assertThat(back(labels, Labels.class)).isEqualTo(labels);
  }

  @Test
  void theSchemaNamesEveryMember() {
    Schema schema = new Schema();
    assertThat(schema.of(Lock.class).line()).isEqualTo("{\"$ref\":\"#/definitions/lock\"}");
    assertThat(schema.definitions().line())
        .contains("\"required\":[\"id\",\"target\",\"reason\"]")
        .contains("\"enum\":[\"user\",\"role\",\"node\"]");
  }

  @Test
  void labelsAndSelectorsAreReadAsPeopleWriteThem() {
    assertThat(LabelSelector.parse("env=prod,role=db").matches(new Labels(Map.of("env", "prod"))))
        .isFalse();
    assertThat(
            LabelSelector.parse("env=prod")
                .matches(new Labels(Map.of("env", "prod", "role", "db"))))
        .isTrue();
    assertThat(LabelSelector.parse("env=*").matches(new Labels(Map.of("env", "x")))).isTrue();
    assertThat(LabelSelector.NONE.matches(Labels.NONE)).isFalse();
    assertThat(LabelSelector.ALL.matches(Labels.NONE)).isTrue();
    assertThat(List.of(LabelSelector.parse("b=2,a=1").toString())).containsExactly("a=1,b=2");
    assertThatThrownBy(() -> LabelSelector.parse("prod")).hasMessageContaining("env=prod");
  }

  private static <T> T back(Object value, Class<T> type) throws Exception {
    return Records.read(Json.parse(Records.write(value).line()), type);
  }
}
