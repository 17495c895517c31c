package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who logs in to a node and who does not, and what its log says of that. */
@Needs(Tool.SSH)
final class NodeLoginTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Path directory = Scratch.directory("login");
  private final Node node = Node.forClients();

  @AfterEach
  void close() {
    node.close();
    Leftovers.end(SOON);
  }

  @Test
  void aLoginIsLoggedWithItsKeyUnderTheNameOfItsConnection() {
    ssh().exec("exit 7").run().exited(7);
    String line = awaitLog(" logged in from ");
    assertThat(line)
        .contains(
            Sshd.USER + " logged in from 127.0.0.1:",
            "by publickey, ssh-ed25519 " + Keys.fingerprint(Keys.CLIENT));
    String name = line.split(" ", 3)[1];
    assertThat(awaitLog("session 1 of")).contains(" " + name + " ");
    assertThat(awaitLog("joined")).contains(" " + name + " ");
  }

  @Test
  void aLoginByCertificateIsLoggedWithItsId() throws Exception {
    Path authority = key("authority");
    Path mine = key("mine");
    Command.of("ssh-keygen", "-q", "-s", authority.toString(), "-I", "ada's laptop")
        .plus("-n", Sshd.USER, "-z", "77", mine + ".pub")
        .run()
        .ok();
    node.configure("  TrustedUserCAKeys: " + authority + ".pub\n");
    with(mine, "true").run().ok();
    assertThat(awaitLog(" logged in from "))
        .contains(
            Keys.fingerprint(mine),
            "certificate ada's laptop, serial 77, of " + Keys.fingerprint(authority));
  }

  @Test
  void whoIsNotLetInIsLoggedOnceWithTheKeyThatWasShown() throws Exception {
    Path stranger = key("stranger");
    with(stranger, "true").run().exited(255);
    assertThat(awaitLog("was not let in"))
        .contains(
            Sshd.USER + " from 127.0.0.1:",
            "after 1 attempts by publickey, last key " + Keys.fingerprint(stranger));
    assertThat(node.log()).doesNotContain("logged in from");
  }

  @Test
  void otherOptionsCountForNewConnectionsOnly() {
    try (Program before = ssh().exec("cat; exit 7").start()) {
      before.type("a\n");
      before.awaitOutput("a\n", SOON);
      node.configure("  DenyUsers: '*'\n");
      ssh().exec("true").run().exited(255);
      before.type("b\n");
      before.awaitOutput("b\n", SOON);
      before.closeInput();
      before.await(SOON).exited(7);
    }
  }

  private Ssh ssh() {
    return Ssh.to(node.address(), null);
  }

  /** A client that has no other key. */
  private Command with(Path key, String remote) throws Exception {
    Ssh ssh = ssh();
    String config = Files.readString(ssh.config()).replace(Keys.CLIENT.toString(), key.toString());
    Files.writeString(ssh.config(), config);
    return ssh.exec(remote);
  }

  private Path key(String name) {
    Path file = directory.resolve(name);
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()).run().ok();
    return file;
  }

  private String awaitLog(String part) {
    Await.until(() -> part + " in " + node.log(), SOON, () -> node.log().contains(part));
    return node.log().lines().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }
}
