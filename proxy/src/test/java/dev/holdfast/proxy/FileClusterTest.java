package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.Destination;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClusterTest {
  @TempDir Path directory;

  private final SshPublicKey ada = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private final KeyPair authority = SshKeys.generateEd25519();
  private final SshPublicKey web = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private final List<String> said = new ArrayList<>();

  private FileCluster cluster(String users, String nodes) throws Exception {
    Files.writeString(directory.resolve("users"), users);
    Files.writeString(directory.resolve("nodes"), nodes);
    return new FileCluster(
        directory.resolve("users"),
        directory.resolve("nodes"),
        (weight, event, text) -> said.add(text));
  }

  private static Judge.Wish wish(String user, KnownNode node) {
    return new Judge.Wish(user, "", node, InetAddress.getLoopbackAddress());
  }

  @Test
  void knowsUsersByKeyAndByCertificate() throws Exception {
    FileCluster cluster =
        cluster(
            "# people\nada "
                + ada.line()
                + " laptop\n* cert-authority "
                + SshKeys.line(authority.getPublic())
                + "\n",
            "");
    assertThat(admits(cluster, "ada", ada)).isTrue();
    assertThat(admits(cluster, "bob", ada)).isFalse();
    assertThat(admits(cluster, "ada", SshKeys.wire(authority.getPublic()))).isFalse();
    SshPublicKey bob = certificate("bob", authority);
    assertThat(admits(cluster, "bob", bob)).isTrue();
    assertThat(admits(cluster, "eve", bob)).isFalse();
    assertThat(admits(cluster, "bob", certificate("bob", SshKeys.generateEd25519()))).isFalse();
  }

  private SshPublicKey certificate(String name, KeyPair by) {
    Instant now = Instant.now();
    return new NewCertificate(
            NewCertificate.Kind.USER,
            ada,
            1,
            name,
            List.of(name),
            now.minusSeconds(60),
            now.plusSeconds(600),
            new TreeMap<>(),
            List.of("permit-port-forwarding"))
        .signedBy(by);
  }

  private static boolean admits(FileCluster cluster, String user, SshPublicKey shown) {
    return cluster.admit(user, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), shown)
        instanceof Admissions.Admission.Admitted;
  }

  @Test
  void readsNodesWithLabelsAndAddresses() throws Exception {
    FileCluster cluster =
        cluster("", "Web1 env=prod role=web " + web.line() + "\nold address=10.0.0.7:22\n");
    assertThat(cluster.nodes())
        .containsExactly(
            new KnownNode(
                "web1", Map.of("env", "prod", "role", "web"), Optional.empty(), Optional.empty()),
            new KnownNode(
                "old", Map.of(), Optional.of(new Destination("10.0.0.7", 22)), Optional.empty()));
    assertThat(admits(cluster, "node/web1", web)).isTrue();
    assertThat(admits(cluster, "node/old", web)).isFalse();
  }

  @Test
  void whoIsTakenOutIsOut() throws Exception {
    FileCluster cluster = cluster("ada " + ada.line() + "\n", "web1 " + web.line() + "\n");
    KnownNode node = cluster.nodes().getFirst();
    assertThat(cluster.decide(wish("ada", node))).isEqualTo(new Judge.Verdict.Allowed());
    Files.writeString(directory.resolve("users"), "# nobody\n");
    assertThat(cluster.decide(wish("ada", node))).isInstanceOf(Judge.Verdict.Denied.class);
    assertThat(cluster.forbids(wish("ada", node))).isPresent();
    assertThat(admits(cluster, "ada", ada)).isFalse();
  }

  @Test
  void passesOverLinesThatAreNoneAndSaysWhichTheyAre() throws Exception {
    FileCluster cluster = cluster("ada\nbob ssh-ed25519 AAAA\nada " + ada.line(), "we b\nx\n");
    assertThat(admits(cluster, "ada", ada)).isTrue();
    assertThat(cluster.nodes()).isEmpty();
    assertThat(said).anyMatch(it -> it.contains("users: line 1 is not used"));
    assertThat(said).anyMatch(it -> it.contains("nodes: line 2 is not used"));
  }

  @Test
  void hasNobodyWhereAFileIsMissing() throws Exception {
    FileCluster cluster =
        new FileCluster(
            directory.resolve("none"),
            directory.resolve("none"),
            (weight, event, text) -> said.add(text));
    assertThat(admits(cluster, "ada", ada)).isFalse();
    assertThat(said).isNotEmpty();
  }
}
