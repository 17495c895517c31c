package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of authorized_keys, option by option (sshd(8)). */
final class AuthorizedKeyTest {
  private static final SshPublicKey KEY = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.7");

  @Test
  void aKeyAloneMayDoEverything() throws Exception {
    AuthorizedKey line = parse(KEY.line() + " somebody@somewhere with a \" quote");
    assertThat(line.key()).isEqualTo(KEY);
    assertThat(line.options()).isEqualTo(KeyOptions.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "# a comment", " \t# another"})
  void emptyLinesAndCommentsSayNothing(String line) throws Exception {
    assertThat(AuthorizedKey.parse(line)).isNull();
  }

  @Test
  void blanksMayBeBeforeAndBetween() throws Exception {
    AuthorizedKey line = parse("\t no-pty,command=\"a b\" \t " + KEY.line().replace(" ", " \t "));
    assertThat(line.key()).isEqualTo(KEY);
    assertThat(line.options().permissions().command()).isEqualTo("a b");
  }

  @Test
  void aCommandMayHaveQuotesBlanksAndCommas() throws Exception {
    assertThat(permissions("command=\"echo \\\"a, b\\\" \\n\"").command())
        .isEqualTo("echo \"a, b\" \\n");
  }

  @Test
  void bytesOfACommandStayWhatTheyAre() throws Exception {
    byte[] bytes = {'c', 'o', 'm', 'm', 'a', 'n', 'd', '=', '"', (byte) 0xff, '"'};
    String command = Objects.requireNonNull(permissions(ByteText.decode(bytes)).command());
    assertThat(ByteText.encode(command)).containsExactly(0xff);
  }

  @ParameterizedTest
  @CsvSource({
    "no-pty, false, true, true, true, true",
    "no-port-forwarding, true, false, true, true, true",
    "no-agent-forwarding, true, true, false, true, true",
    "no-X11-forwarding, true, true, true, false, true",
    "no-user-rc, true, true, true, true, false",
    "restrict, false, false, false, false, false",
    "'restrict,pty', true, false, false, false, false",
    "'restrict,port-forwarding', false, true, false, false, false",
    "'restrict,agent-forwarding', false, false, true, false, false",
    "'restrict,X11-forwarding', false, false, false, true, false",
    "'restrict,user-rc', false, false, false, false, true",
    "'pty,RESTRICT', false, false, false, false, false"
  })
  void flagsGiveAndTake(
      String options, boolean pty, boolean port, boolean agent, boolean x11, boolean rc)
      throws Exception {
    Permissions may = permissions(options);
    assertThat(may.pty()).isEqualTo(pty);
    assertThat(may.portForwarding()).isEqualTo(port);
    assertThat(may.agentForwarding()).isEqualTo(agent);
    assertThat(may.x11Forwarding()).isEqualTo(x11);
    assertThat(may.userRc()).isEqualTo(rc);
  }

  @Test
  void touchIsRequiredUnlessItIsSaidAndVerificationIfItIsSaid() throws Exception {
    assertThat(permissions("no-pty").touchRequired()).isTrue();
    assertThat(permissions("no-touch-required").touchRequired()).isFalse();
    assertThat(permissions("no-pty").verifyRequired()).isFalse();
    assertThat(permissions("verify-required").verifyRequired()).isTrue();
  }

  @Test
  void ofTwoValuesOfAVariableTheFirstCounts() throws Exception {
    assertThat(permissions("environment=\"A=1=2\",environment=\"A=3\",environment=\"B=\""))
        .extracting(Permissions::environment)
        .isEqualTo(Map.of("A", "1=2", "B", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "20261121, Z, false",
    "20261122, Z, true",
    "202611211159, Z, false",
    "202611211200, Z, true",
    "20261121115959, z, false",
    "20261121120001, z, true"
  })
  void expiryTimeEndsAKey(String time, String zone, boolean valid) throws Exception {
    assertThat(allows("expiry-time=\"" + time + zone + "\"", "host")).isEqualTo(valid);
  }

  @Test
  void ofTwoExpiryTimesTheEarlierCounts() throws Exception {
    assertThat(allows("expiry-time=\"20300101Z\",expiry-time=\"20200101Z\"", "host")).isFalse();
    assertThat(allows("expiry-time=\"20200101Z\",expiry-time=\"20300101Z\"", "host")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, true",
    "192.0.2.0/24, true",
    "192.0.3.0/24, false",
    "192.0.2.*, true",
    "'!192.0.2.7,192.0.2.*', false",
    "'192.0.2.*,!192.0.2.7', false",
    "'!192.0.2.8,192.0.2.*', true",
    "!192.0.2.8, false",
    "*.example.com, true",
    "*.EXAMPLE.com, true",
    "?.example.com, false",
    "2001:db8::/32, false",
    "'', false"
  })
  void fromSaysWhereAKeyMayComeFrom(String from, boolean allowed) throws Exception {
    assertThat(allows("from=\"" + from + "\"", "client.example.com")).isEqualTo(allowed);
  }

  @Test
  void authoritiesNamePrincipals() throws Exception {
    KeyOptions options = KeyOptions.parse("cert-authority,principals=\"alice,bob\"");
    assertThat(options.authority()).isTrue();
    assertThat(options.principals()).containsExactly("alice", "bob");
  }

  @Test
  void permitopenNamesHostsAndPorts() throws Exception {
    Permissions may =
        permissions("permitopen=\"localhost:80\",permitopen=\"[::1]:*\",permitopen=\"*:443\"");
    assertThat(may.mayOpen("localhost", 80)).isTrue();
    assertThat(may.mayOpen("LOCALHOST", 80)).isTrue();
    assertThat(may.mayOpen("localhost", 81)).isFalse();
    assertThat(may.mayOpen("::1", 22)).isTrue();
    assertThat(may.mayOpen("elsewhere", 443)).isTrue();
    assertThat(may.mayOpen("elsewhere", 80)).isFalse();
    assertThat(may.mayListen("", 99)).isTrue();
  }

  @Test
  void permitlistenNamesAddressesAndPorts() throws Exception {
    Permissions may = permissions("permitlisten=\"8080\",permitlisten=\"localhost:*\"");
    assertThat(may.mayListen("", 8080)).isTrue();
    assertThat(may.mayListen("192.0.2.1", 8080)).isTrue();
    assertThat(may.mayListen("localhost", 99)).isTrue();
    assertThat(may.mayListen("", 99)).isFalse();
    assertThat(may.mayListen("", 0)).isFalse();
  }

  @Test
  void tunnelIsReadAndMeansNothing() throws Exception {
    assertThat(permissions("tunnel=\"1\"")).isEqualTo(Permissions.ALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-such-option",
        "no-restrict",
        "no-cert-authority",
        "command=x",
        "command=\"x",
        "command",
        "command=\"a\",command=\"b\"",
        "from=\"a\",from=\"b\"",
        "principals=\"a\",principals=\"b\"",
        "no-pty,",
        "no-pty,,no-user-rc",
        "no-ptyx",
        "environment=\"A\"",
        "environment=\"A-B=c\"",
        "environment=\"=c\"",
        "expiry-time=\"2026\"",
        "expiry-time=\"20261341\"",
        "expiry-time=\"20260230\"",
        "permitopen=\"80\"",
        "permitopen=\"host:0\"",
        "permitopen=\"host:65536\"",
        "permitopen=\":80\"",
        "permitopen=\"[::1\"",
        "permitopen=\"[::1]80\"",
        "permitlisten=\"x\""
      })
  void whatIsNotInTheGrammarMakesTheLineWorthless(String options) {
    assertThatThrownBy(() -> parse(options + " " + KEY.line()))
        .isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void aLineWithoutAKeyOrWithABadOneIsWorthless() {
    String base64 = KEY.line().substring(KEY.type().length() + 1);
    List<String> lines =
        List.of(
            "ssh-ed25519",
            "ssh-ed25519 !!!!",
            "ssh-rsa " + base64,
            "ssh-dss AAAAB3NzaC1kc3M=",
            "no-pty");
    for (String line : lines) {
      assertThatThrownBy(() -> parse(line)).as(line).isInstanceOf(MalformedKeyException.class);
    }
  }

  @Test
  void aLineHasABound() {
    String comment = "x".repeat(AuthorizedKey.MOST_LINE);
    assertThatThrownBy(() -> parse(KEY.line() + " " + comment))
        .isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void variablesAndPortsHaveBounds() throws Exception {
    StringBuilder most = new StringBuilder("no-pty");
    for (int i = 0; i < KeyOptionsParser.MOST_VARIABLES; i++) {
      most.append(",environment=\"A").append(i).append("=\"");
    }
    assertThat(permissions(most.toString()).environment()).hasSize(KeyOptionsParser.MOST_VARIABLES);
    assertThatThrownBy(() -> permissions(most + ",environment=\"B=\""))
        .isInstanceOf(MalformedKeyException.class);
    String ports = "permitopen=\"a:1\",".repeat(KeyOptionsParser.MOST_PORTS);
    assertThat(permissions(ports + "no-pty").permitOpen()).hasSize(KeyOptionsParser.MOST_PORTS);
    assertThatThrownBy(() -> permissions(ports + "permitopen=\"a:1\""))
        .isInstanceOf(MalformedKeyException.class);
  }

  private static AuthorizedKey parse(String line) throws MalformedKeyException {
    return Objects.requireNonNull(AuthorizedKey.parse(line));
  }

  private static Permissions permissions(String options) throws MalformedKeyException {
    return KeyOptions.parse(options).permissions();
  }

  private static boolean allows(String options, String host) throws MalformedKeyException {
    return KeyOptions.parse(options).allows(ADDRESS, host, NOW);
  }
}
