package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientConfigTest {
  @TempDir Path directory;
  private final StillSystem system = new StillSystem();

  @BeforeEach
  void makeDirectories() throws IOException {
    Files.createDirectories(directory.resolve("home/.ssh"));
    Files.createDirectories(directory.resolve("etc"));
  }

  @Test
  void theCommandLineComesBeforeTheUsersFileAndThatBeforeTheSystems() throws Exception {
    users("Port 2\nUser ours");
    systems("Port 3\nUser theirs\nServerAliveInterval 7");
    ClientConfig config = read(ConfigQuery.of("host", "Port 1"));
    assertThat(config.port()).isEqualTo(1);
    assertThat(config.user()).isEqualTo("ours");
    assertThat(config.get(ClientOptions.SERVER_ALIVE_INTERVAL)).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.isGiven(ClientOptions.BATCH_MODE)).isFalse();
  }

  @Test
  void includesAreRelativeToTheirConfiguration() throws Exception {
    users("Include more");
    Files.writeString(directory.resolve("home/.ssh/more"), "User ours\n");
    systems("Include parts/*");
    Files.createDirectories(directory.resolve("etc/parts"));
    Files.writeString(directory.resolve("etc/parts/a"), "Port 9\n");
    ClientConfig config = read(ConfigQuery.of("host"));
    assertThat(config.user()).isEqualTo("ours");
    assertThat(config.port()).isEqualTo(9);
  }

  @Test
  void theSystemsFileMayNotIncludeFromAHome() throws Exception {
    systems("Include ~/x");
    assertFails("host", "etc/ssh_config line 1: bad include path");
  }

  @Test
  void includesEndAtTheirDepth() throws Exception {
    users("Include config");
    assertFails("host", "too many recursive configuration includes");
  }

  @Test
  void aFileHasSoManyBytesAndALineSoManyCharacters() throws Exception {
    users("#".repeat(ConfigFile.MOST_BYTES));
    assertFails("host", "larger than 1024 KiB");
    users("#" + "x".repeat(ConfigWords.MOST_CHARACTERS - 1));
    read(ConfigQuery.of("host"));
    users("#" + "x".repeat(ConfigWords.MOST_CHARACTERS));
    assertFails("host", "config line 1: the line is longer than 64 KiB");
  }

  @Test
  void soManyIdentitiesAreTakenAndNoMore() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ClientOptions.MOST_IDENTITIES; i++) {
      lines.append("IdentityFile key").append(i).append('\n');
    }
    users(lines.toString());
    assertThat(read(ConfigQuery.of("host")).get(ClientOptions.IDENTITY_FILE))
        .hasSize(ClientOptions.MOST_IDENTITIES);
    users(lines + "IdentityFile one-more");
    assertFails("host", "config line 101: more than 100 values of identityfile");
  }

  @Test
  void anErrorNamesItsFileAndLine() throws Exception {
    users("Port 1\n\nBatchMode perhaps");
    assertFails("host", "home/.ssh/config line 3: unsupported option \"perhaps\"");
  }

  @Test
  void theUsersFileMustNotBeWritableByOthers() throws Exception {
    Path file = users("Port 1");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-r--"));
    assertFails("host", "Bad owner or permissions on");
  }

  @Test
  void ourOwnOptionsAreReadFromTheSameFiles() throws Exception {
    users(
        """
        IgnoreUnknown Holdfast*
        HoldfastContext tmux
        HoldfastSession work
        HoldfastStatus no
        HoldfastPredict never
        HoldfastResume v2
        """);
    ClientConfig config = read(ConfigQuery.of("host"));
    assertThat(config.get(ClientOptions.HOLDFAST_CONTEXT))
        .isEqualTo(ClientOptions.SessionKeeper.TMUX);
    assertThat(config.find(ClientOptions.HOLDFAST_SESSION)).contains("work");
    assertThat(config.get(ClientOptions.HOLDFAST_STATUS)).isFalse();
    assertThat(config.get(ClientOptions.HOLDFAST_PREDICT)).isEqualTo(ClientOptions.Predict.NEVER);
    assertThat(config.get(ClientOptions.HOLDFAST_RESUME)).isEqualTo(ClientOptions.Resume.V2);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "Match tagged work, true",
        "Match tagged home, false",
        "Match !tagged home, true",
        "Match tagged \"\", false",
        "Match sessiontype exec, true",
        "Match sessiontype shell, false",
        "\"Match command \"\"up*\"\"\", true",
        "Match command down, false",
        "Match version Holdfast_*, true",
        "Match version OpenSSH_*, false",
        "\"Match localnetwork 192.0.2.0/24,2001:db8::/32\", true",
        "Match localnetwork 198.51.100.0/24, false",
        "Match host=host user=alice, true",
        "Match localuser alice, true",
      })
  void theNewerConditionsHoldAsTheManualSays(String line, boolean holds) throws Exception {
    system.addresses = List.of(InetAddress.ofLiteral("192.0.2.7"));
    users("Tag work\n" + line + "\nPort 77");
    ConfigQuery query = new ConfigQuery("host", List.of(), Optional.empty(), "uptime");
    assertThat(read(query).port()).isEqualTo(holds ? 77 : 22);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Match localnetwork 192.0.2.1/24",
        "Match localnetwork 192.0.2.0/33",
        "Match localnetwork nowhere",
        "Match tagged",
        "Match exec",
        "Match host=",
      })
  void aConditionThatMeansNothingIsRefused(String line) throws Exception {
    users(line);
    assertThatThrownBy(() -> read(ConfigQuery.of("host"))).isInstanceOf(ConfigFailure.class);
  }

  @Test
  void theCommandOfAMatchRunsOnlyIfItMatters() throws Exception {
    users("Match host other exec \"one %h\"\nPort 1\nMatch host host exec \"two %h %p\"\nPort 2");
    assertThat(read(ConfigQuery.of("host")).port()).isEqualTo(2);
    assertThat(system.asked).containsExactly("two host 22");
  }

  @Test
  void aNameIsMadeWholeByTheFirstDomainThatHasIt() throws Exception {
    users(
        """
        CanonicalizeHostname yes
        CanonicalDomains a.example b.example
        Match host web.b.example
        Port 81
        """);
    system.names = List.of("web.b.example.");
    ClientConfig config = read(ConfigQuery.of("web"));
    assertThat(config.hostname()).isEqualTo("web.b.example");
    assertThat(config.port()).isEqualTo(81);
    assertThat(read(ConfigQuery.of("none")).hostname()).isEqualTo("none");
  }

  @Test
  void whatIsNotDoneIsTold() throws Exception {
    users("CheckHostIP yes\nVerifyHostKeyDNS yes\nPKCS11Provider /x\nCompression yes");
    assertThat(read(ConfigQuery.of("host")).notes())
        .hasSize(4)
        .allMatch(note -> note.contains("is not supported"));
    users("CheckHostIP no\nPKCS11Provider none");
    assertThat(read(ConfigQuery.of("host")).notes()).isEmpty();
  }

  @Test
  void followingAliasesIsRefusedAndNotForgotten() throws Exception {
    users("CanonicalizeHostname yes\nCanonicalizePermittedCNAMEs *:*");
    assertFails("host", "CanonicalizePermittedCNAMEs is not supported");
  }

  @Test
  void aConnectionThatIsRefusedSaysWhy() throws Exception {
    users("Host host\nRefuseConnection \"not from here\"");
    assertFails("host", "config line 2: RefuseConnection: not from here");
    read(ConfigQuery.of("other"));
  }

  @Test
  void tokensAndVariablesAreReplaced() throws Exception {
    users("User %u-x\nControlPath ~/%h-%p-%r-%n-%k-%L-%l-%j-%i-${VALUE}-%%\nProxyJump a,b@jump:1");
    ClientConfig config = read(ConfigQuery.of("host"));
    assertThat(config.find(ClientOptions.CONTROL_PATH))
        .contains(
            directory
                + "/home/host-22-alice-x-host-host-laptop-laptop.example.org-jump-"
                + config.surroundings().uid()
                + "-from-environment-%");
    assertThat(config.get(ClientOptions.PROXY_JUMP)).hasSize(2);
    assertThat(config.path("~/.ssh/%h")).isEqualTo(directory.resolve("home/.ssh/host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-oProxyCommand=x", "a;b", "$(x)", "a b", "a\tb", "`x`", ""})
  void aHostThatAShellCouldMistakeIsRefused(String host) {
    assertFails(host, "hostname contains invalid characters");
  }

  @ParameterizedTest
  @CsvSource({"90, 90", "1h30m, 5400", "2W, 1209600", "1.5, 1", "1d1h, 90000", "0, 0"})
  void timesAreReadAsTheManualSays(String text, long seconds) throws BadValue {
    assertThat(Syntax.parseTime(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "5s5s", "1.5h", "1.", "-1", "99999999999", "1hh", "5 s"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Syntax.parseTime(text)).isInstanceOf(BadValue.class);
  }

  @Test
  void listsOfAlgorithmsAreChangedByTheirSign() {
    List<String> defaults = List.of("a", "b1", "b2");
    List<String> all = List.of("a", "b1", "b2", "c");
    assertThat(new AlgorithmList("+c").among(defaults, all)).containsExactly("a", "b1", "b2", "c");
    assertThat(new AlgorithmList("-b*").among(defaults, all)).containsExactly("a");
    assertThat(new AlgorithmList("^b2").among(defaults, all)).containsExactly("b2", "a", "b1");
    assertThat(new AlgorithmList("c,x,a").among(defaults, all)).containsExactly("c", "a");
    assertThat(new AlgorithmList("x").among(defaults, all)).isEmpty();
    assertThat(AlgorithmList.DEFAULT.among(defaults, all)).isEqualTo(defaults);
  }

  @Test
  void patternsTakeNoLongerThanTheProductOfLengths() {
    assertThat(Wildcard.matches("a".repeat(5_000), "a*".repeat(2_000) + "b")).isFalse();
  }

  private Path users(String text) throws IOException {
    return Files.writeString(directory.resolve("home/.ssh/config"), text + "\n");
  }

  private void systems(String text) throws IOException {
    Files.writeString(directory.resolve("etc/ssh_config"), text + "\n");
  }

  private ClientConfig read(ConfigQuery query) throws ConfigFailure {
    return ClientConfig.read(query, system.below(directory));
  }

  private void assertFails(String host, String sentence) {
    assertThatThrownBy(() -> read(ConfigQuery.of(host)))
        .isInstanceOf(ConfigFailure.class)
        .hasMessageContaining(sentence);
  }
}
