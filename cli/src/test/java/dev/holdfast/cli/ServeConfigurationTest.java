package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ssh.ServerOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ServeConfigurationTest {
  @TempDir private Path directory;
  private final Problems problems = new Problems();

  @Test
  void anEmptyFileIsAllAsUsual() throws IOException {
    ServeConfiguration it = read("");
    assertThat(problems.lines()).isEmpty();
    assertThat(it.metrics()).isNull();
    assertThat(it.logLevel()).isEqualTo(ServiceLog.Level.INFO);
    assertThat(it.node().listen()).singleElement().matches(at -> at.getPort() == 2222);
    assertThat(it.node().patience()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void theCommandLineWins() throws IOException {
    ServeConfiguration it =
        read(
            "log: {level: debug, format: json}\nmetrics: 9222\nnode:\n  listen: [2222, 2223]\n",
            "--quiet",
            "--log-format=text",
            "--listen=127.0.0.1:7",
            "--state-dir=/x");
    assertThat(problems.lines()).isEmpty();
    assertThat(it.logLevel()).isEqualTo(ServiceLog.Level.WARN);
    assertThat(it.logFormat()).isEqualTo(ServiceLog.Format.TEXT);
    assertThat(it.metrics()).matches(at -> at.getAddress().isLoopbackAddress());
    assertThat(it.node().listen()).singleElement().matches(at -> at.getPort() == 7);
    assertThat(it.node().state()).isEqualTo(Path.of("/x"));
  }

  @Test
  void optionsOfSshdHaveTheirNamesAndPlaces() throws IOException {
    ServeConfiguration it = read("node:\n  AcceptEnv: [LANG, 'LC_*']\n  UsePAM: true\n");
    assertThat(problems.lines()).isEmpty();
    assertThat(it.node().ssh().get(ServerOption.ACCEPT_ENV)).containsExactly("LANG", "LC_*");
    assertThat(it.node().sessions().pam()).contains("sshd");
    String file = directory + "/serve.yaml";
    read("node:\n  UsePAM: perhaps\n  Frobnicate: 1\n  ClientAliveInterval: 7\n");
    assertThat(problems.lines()).hasSize(2);
    assertThat(problems.lines().getFirst()).startsWith(file + ":");
    assertThat(problems.lines()).anyMatch(line -> line.startsWith(file + ":2:11: UsePAM"));
    assertThat(problems.lines())
        .anyMatch(line -> line.startsWith(file + ":3:15: ") && line.contains("Frobnicate"));
  }

  @Test
  void whatCheckPrintsIsAConfigurationOfTheSame() throws IOException {
    ServeConfiguration it =
        read(
            """
            log: {format: json}
            metrics: 9222
            node:
              patience: 1h
              AcceptEnv: [LANG, 'A B']
              PermitOpen: '[::1]:* a:1'
              RekeyLimit: 1G 1h
              AuthorizedKeysFile: none
            """);
    assertThat(problems.lines()).isEmpty();
    assertThat(read(it.text()).text()).isEqualTo(it.text());
    assertThat(problems.lines()).isEmpty();
    assertThat(it.text())
        .contains(
            "patience: 3600s\n",
            "AcceptEnv: [LANG, A, B]\n",
            "PermitOpen: '[::1]:* a:1'\n",
            "RekeyLimit: '1048576K 3600'\n",
            "AuthorizedKeysFile: none\n",
            "LoginGraceTime: 120\n",
            "StreamLocalBindMask: 0177\n",
            "PermitRootLogin: prohibit-password\n");
  }

  @Test
  void aClusterSaysWhoItsProxiesUsersAndNodesAre() throws IOException {
    ServeConfiguration it =
        read(
            """
            cluster:
              auth: [auth1.example.org, 'auth2.example.org:3025']
              token: hf1.node.secret
              only: yes
            proxy: {name: p1}
            node: {name: web1, labels: env=prod, address: 'web1.example.org:2222'}
            gate: {name: old, proxies: []}
            """);
    assertThat(problems.lines()).isEmpty();
    assertThat(it.text())
        .contains("auth: ['auth1.example.org:2225', 'auth2.example.org:3025']")
        .contains("only: yes\n", "name: web1\n", "proxies: []\n")
        .doesNotContain("secret", "users:", "nodes:");
    assertThat(read(it.text()).text()).isEqualTo(it.text());
    assertThat(problems.lines()).isEmpty();
    assertThat(it).asString().doesNotContain("secret");
  }

  @Test
  void aClusterHasAnAuthServiceAndNoFilesOfUsers() throws IOException {
    read("cluster: {only: yes}\nproxy: {users: /etc/users}\n");
    assertThat(problems.lines())
        .anySatisfy(line -> assertThat(line).contains("where the cluster's auth service is"))
        .anySatisfy(line -> assertThat(line).contains("remove this line"));
  }

  @Test
  void theCommandLineNamesAClusterAsWell() throws IOException {
    ServeConfiguration it =
        read("", "--cluster=auth.example.org", "--join=hf1.node.secret", "--name=web7");
    assertThat(problems.lines()).isEmpty();
    assertThat(it.servesNode()).isTrue();
    assertThat(it.text())
        .contains("auth: ['auth.example.org:2225']", "name: web7")
        .doesNotContain("secret");
  }

  @Test
  void aProxyOfAClusterIsToldNeitherWhoComesNorTheKeysOfTickets() throws IOException {
    read(
        """
        cluster: {auth: auth.example.org}
        proxy:
          users: here
          ticket-key: mine
          ticket-keys: others
        """);
    assertThat(problems.lines()).hasSize(3);
    String file = directory + "/serve.yaml";
    assertThat(problems.lines())
        .anyMatch(line -> line.startsWith(file + ":3:"))
        .anyMatch(line ->
            line.startsWith(file + ":4:")
                && line.contains("the cluster hands its proxies the keys of tickets"))
        .anyMatch(line -> line.startsWith(file + ":5:"));
  }

  @Test
  void aFileThatIsNotThereIsSaidToBe() {
    assertThatThrownBy(() -> ServeConfiguration.read(options("--config=/nowhere/x.yaml"), problems))
        .isInstanceOf(IOException.class)
        .hasMessage("There is no file /nowhere/x.yaml.");
  }

  private ServeConfiguration read(String text, String... arguments) throws IOException {
    Path file = directory.resolve("serve.yaml");
    Files.writeString(file, text);
    ServeOptions options = options(arguments);
    options.config = file;
    return ServeConfiguration.read(options, problems);
  }

  private static ServeOptions options(String... arguments) {
    ServeOptions options = new ServeOptions();
    Main.sharing(new CommandLine(options)).parseArgs(arguments);
    return options;
  }
}
