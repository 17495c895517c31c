package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments, read as ssh reads them. */
final class SshArgumentsTest {
  @Test
  void optionsStandOnBothSidesOfTheDestination() throws Exception {
    ConfigQuery query = parse("-p", "23", "alice@host", "-Tv", "-oUser=bob", "ls", "-l").query();
    assertThat(query.host()).isEqualTo("host");
    assertThat(query.command()).isEqualTo("ls -l");
    assertThat(query.options())
        .containsExactly("User alice", "Port 23", "RequestTTY no", "User=bob", "LogLevel DEBUG1");
  }

  @Test
  void twoTsForceATerminal() throws Exception {
    assertThat(parse("-t", "host").query().options()).containsExactly("RequestTTY yes");
    assertThat(parse("-tt", "host").query().options()).containsExactly("RequestTTY force");
  }

  @Test
  void aDashedHostNeedsTwoDashesBefore() throws Exception {
    assertThat(parse("--", "host", "-x").query().command()).isEmpty();
    assertThat(parse("host", "--", "-x").query().command()).isEqualTo("-x");
  }

  @Test
  void standardStreamsAreLedAway() throws Exception {
    SshArguments parsed = parse("-W", "[::1]:22", "host");
    assertThat(parsed.forward()).isEqualTo(Optional.of(new PortForward.Place.Port("::1", 22)));
    assertThat(parsed.query().options()).contains("SessionType none", "RequestTTY no");
  }

  @Test
  void forwardsAreLinesOfAConfiguration() throws Exception {
    assertThat(
            parse("-L8080:web:80", "-D", "1080", "-R", "/run/s:/run/t", "host").query().options())
        .containsExactly(
            "LocalForward 8080 [web]:80", "DynamicForward 1080", "RemoteForward /run/s /run/t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-p", "-O check host", "-Z host", "-L x host", "@host"})
  void whatIsWrongIsRefused(String words) {
    assertThatThrownBy(() -> parse(words.split(" ", -1))).isInstanceOf(BadValue.class);
  }

  private static SshArguments parse(String... words) throws BadValue {
    return SshArguments.parse(List.of(words));
  }
}
