package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options as they are written in sshd_config(5). */
final class ServerSettingsTest {
  @Test
  void defaultsAreSshdsBeyondWhatIsSaidOtherwise() {
    ServerSettings settings = ServerSettings.DEFAULTS;
    assertThat(settings.get(ServerOption.MAX_AUTH_TRIES)).isEqualTo(6);
    assertThat(settings.get(ServerOption.MAX_SESSIONS)).isEqualTo(10);
    assertThat(settings.get(ServerOption.LOGIN_GRACE_TIME)).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.get(ServerOption.MAX_STARTUPS)).isEqualTo(new StartupLimit(10, 30, 100));
    assertThat(settings.get(ServerOption.CLIENT_ALIVE_INTERVAL)).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.get(ServerOption.PERMIT_ROOT_LOGIN)).isEqualTo(RootLogin.PROHIBIT_PASSWORD);
    assertThat(settings.get(ServerOption.STRICT_MODES)).isTrue();
    assertThat(settings.get(ServerOption.X11_FORWARDING)).isFalse();
    assertThat(settings.get(ServerOption.STREAM_LOCAL_BIND_MASK)).isEqualTo(0177);
  }

  @Test
  void namesAreInAnyCaseAndListsAddUp() throws Exception {
    ServerSettings settings =
        settings("allowusers", "a b", "ALLOWUSERS", "c@192.0.2.0/24", "strictmodes", "no");
    assertThat(settings.get(ServerOption.ALLOW_USERS)).containsExactly("a", "b", "c@192.0.2.0/24");
    assertThat(settings.get(ServerOption.STRICT_MODES)).isFalse();
    assertThat(settings.isSet(ServerOption.STRICT_MODES)).isTrue();
    assertThat(settings.isSet(ServerOption.MAX_SESSIONS)).isFalse();
  }

  @Test
  void errorsSayWhere() {
    List<ServerSettings.Entry> entries =
        List.of(new ServerSettings.Entry("MaxSesions", "3", "node.yaml", 7, 3));
    assertThatThrownBy(() -> ServerSettings.of(entries))
        .isInstanceOfSatisfying(
            SettingsException.class,
            error -> {
              assertThat(error.line()).isEqualTo(7);
              assertThat(error.column()).isEqualTo(3);
            })
        .hasMessage(
            "There is no option \"MaxSesions\"; check its name. (node.yaml, line 7, column 3)");
  }

  @ParameterizedTest
  @CsvSource({
    "StrictModes, maybe",
    "MaxAuthTries, 0",
    "MaxAuthTries, x",
    "MaxAuthTries, 99999999999",
    "LoginGraceTime, 1y",
    "LoginGraceTime, ''",
    "LoginGraceTime, 200000000w",
    "MaxStartups, 10:30",
    "MaxStartups, 10:0:100",
    "MaxStartups, 10:30:5",
    "PerSourceNetBlockSize, 33:128",
    "PerSourceNetBlockSize, 32:129",
    "RekeyLimit, 1K",
    "RekeyLimit, 1G 1h 1m",
    "Ciphers, aes128-cbc",
    "Ciphers, 3des-cbc",
    "KexAlgorithms, diffie-hellman-group14-sha1",
    "MACs, hmac-sha1",
    "MACs, -*",
    "PubkeyAcceptedAlgorithms, ssh-rsa",
    "CASignatureAlgorithms, ssh-rsa",
    "PermitRootLogin, perhaps",
    "AllowTcpForwarding, sometimes",
    "GatewayPorts, maybe",
    "PermitOpen, 80",
    "PermitOpen, host:0",
    "StreamLocalBindMask, 999",
    "HostKey, relative",
    "Banner, relative",
    "AuthorizedKeysCommand, relative",
    "AllowUsers, '\"open'",
    "LogLevel, INFO",
    "TCPKeepAlive, no",
    "ChrootDirectory, /srv",
    "Match, User x",
    "IPQoS, ef",
    "Compression, yes",
    "PermitTunnel, yes",
    "NoSuchOption, 1",
    "PasswordAuthentication, yes",
    "KbdInteractiveAuthentication, yes",
    "AuthorizedKeysCommand, /bin/true"
  })
  void whatIsWrongIsToldInASentence(String name, String value) {
    assertThatThrownBy(() -> settings(name, value))
        .isInstanceOf(SettingsException.class)
        .hasMessageEndingWith(".");
  }

  @Test
  void aScalarSetTwiceIsAnError() {
    assertThatThrownBy(() -> settings("MaxSessions", "1", "maxsessions", "1"))
        .isInstanceOf(SettingsException.class);
  }

  @ParameterizedTest
  @CsvSource({"90, 90", "2m, 120", "1h30m, 5400", "1d, 86400", "1w2, 604802", "0, 0", "none, 0"})
  void timesHaveUnits(String written, long seconds) throws Exception {
    assertThat(settings("LoginGraceTime", written).get(ServerOption.LOGIN_GRACE_TIME))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void listsOfAlgorithmsAddTakeAwayAndPutFirst() throws Exception {
    assertThat(names("MACs", "+hmac-sha2-256"))
        .containsExactly(
            "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256");
    assertThat(names("MACs", "-*512*")).containsExactly("hmac-sha2-256-etm@openssh.com");
    assertThat(names("MACs", "^hmac-sha2-512-etm@openssh.com"))
        .containsExactly("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com");
    assertThat(names("MACs", "hmac-sha2-512")).containsExactly("hmac-sha2-512");
    assertThat(names("MACs", "-hmac-md5")).hasSize(2);
  }

  @Test
  void rekeyLimitIsAnAmountAndATime() throws Exception {
    assertThat(settings("RekeyLimit", "512M 1h").get(ServerOption.REKEY_LIMIT))
        .isEqualTo(new RekeyLimit(512L << 20, Duration.ofHours(1)));
    assertThat(settings("RekeyLimit", "default none").get(ServerOption.REKEY_LIMIT))
        .isEqualTo(RekeyLimit.DEFAULT);
  }

  @Test
  void noneEmptiesAListOfFiles() throws Exception {
    assertThat(settings("AuthorizedKeysFile", "none").get(ServerOption.AUTHORIZED_KEYS_FILE))
        .isEmpty();
    assertThat(settings("PermitOpen", "none").get(ServerOption.PERMIT_OPEN)).isEmpty();
  }

  @Test
  void entriesHaveABound() throws Exception {
    ServerSettings.Entry one = new ServerSettings.Entry("AllowUsers", "a");
    ServerSettings.of(Collections.nCopies(ServerSettings.MOST_ENTRIES, one));
    List<ServerSettings.Entry> more = Collections.nCopies(ServerSettings.MOST_ENTRIES + 1, one);
    assertThatThrownBy(() -> ServerSettings.of(more)).isInstanceOf(SettingsException.class);
  }

  @Test
  void startupsAreRefusedMoreAndMoreOften() {
    StartupLimit limit = new StartupLimit(10, 30, 100);
    assertThat(limit.refuses(9, 0)).isFalse();
    assertThat(limit.refuses(10, 29)).isTrue();
    assertThat(limit.refuses(10, 30)).isFalse();
    assertThat(limit.refuses(55, 64)).isTrue();
    assertThat(limit.refuses(55, 65)).isFalse();
    assertThat(limit.refuses(100, 99)).isTrue();
  }

  private static List<String> names(String option, String value) throws SettingsException {
    return settings(option, value).get(ServerOption.MACS).names();
  }

  private static ServerSettings settings(String... namesAndValues) throws SettingsException {
    List<ServerSettings.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(new ServerSettings.Entry(namesAndValues[i], namesAndValues[i + 1]));
    }
    return ServerSettings.of(entries);
  }
}
