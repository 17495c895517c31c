package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.Exit;
import dev.holdfast.ssh.SshKeys;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What users of a proxy get by SSH alone, as {@code ssh -J} does. */
class ProxyTest {
  private static String run(ClientConnection connection, String command) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Exit exit =
        connection.exec(
            command, InputStream.nullInputStream(), out, OutputStream.nullOutputStream());
    assertThat(exit).isEqualTo(new Exit.Status(0));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void leadsAChannelToTheNodeThatItNames() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of("role", "web"));
      town.node("web2", Map.of("role", "db"));
      try (ClientConnection proxy = town.login(0)) {
        Duplex first = proxy.connectTo("web1", 22, Town.at(1));
        try (ClientConnection node = town.loginAtNode(first)) {
          assertThat(run(node, "hello")).isEqualTo("web1: hello");
        }
        Duplex second = proxy.connectTo("ada@role=db", 22, Town.at(1));
        try (ClientConnection node = town.loginAtNode(second)) {
          assertThat(run(node, "hello")).isEqualTo("web2: hello");
        }
      }
      Awaitility.await()
          .atMost(Town.PATIENCE)
          .untilAsserted(() -> assertThat(town.proxy(0).relayed()).isZero());
    }
  }

  @Test
  void refusesWithASentenceForEachReason() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of("role", "web"));
      town.node("web2", Map.of("role", "web"));
      town.cluster.node("away", SshKeys.generateEd25519().getPublic(), Map.of());
      town.cluster.node("secret", SshKeys.generateEd25519().getPublic(), Map.of());
      town.cluster.closed.add("secret");
      try (ClientConnection proxy = town.login(0)) {
        assertThat(refusal(proxy, "nowhere")).contains("There is no node 'nowhere'");
        assertThat(refusal(proxy, "role=web")).contains("means 2 nodes (web1, web2)");
        assertThat(refusal(proxy, "away")).contains("Node 'away' is offline");
        assertThat(refusal(proxy, "secret")).contains("You may not reach 'secret'");
      }
    }
  }

  private static String refusal(ClientConnection proxy, String host) {
    try {
      proxy.connectTo(host, 22, Town.at(1));
    } catch (java.io.IOException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError(host + " can be reached");
  }

  @Test
  void hasNoShellAndSaysWhatToDo() throws Exception {
    try (Town town = new Town(1).open();
        ClientConnection proxy = town.login(0)) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Exit exit =
          proxy.exec("id", InputStream.nullInputStream(), OutputStream.nullOutputStream(), err);
      assertThat(exit).isEqualTo(new Exit.Status(1));
      assertThat(err.toString(StandardCharsets.UTF_8))
          .isEqualTo(
              "This is a proxy, which has no shell; to reach a node through it:"
                  + " ssh -J ada@PROXY NODE\r\n");
    }
  }

  @Test
  void listensForNobodyAndOpensNoSocketOfItsMachine() throws Exception {
    try (Town town = new Town(1).open();
        ClientConnection proxy = town.login(0)) {
      assertThat(
              proxy.listen(
                  "",
                  0,
                  () -> {
                    throw new java.io.IOException("nowhere");
                  }))
          .isEmpty();
      assertThatThrownBy(() -> proxy.connectTo("/run/something"))
          .isInstanceOf(java.io.IOException.class);
      assertThat(refusal(proxy, "127.0.0.1")).contains("There is no node");
    }
  }

  @Test
  void letsNobodyInWhoIsNotKnown() throws Exception {
    try (Town town = new Town(1).open()) {
      KeyPair stranger = SshKeys.generateEd25519();
      assertThatThrownBy(() -> town.login(0, "ada", stranger)).hasMessageContaining("key");
      assertThatThrownBy(() -> town.login(0, "bob", town.user)).hasMessageContaining("key");
    }
  }

  @Test
  void rogueNodeCantTakeAnothersName() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      KeyPair rogue = SshKeys.generateEd25519();
      town.cluster.node("rogue", rogue.getPublic(), Map.of());
      assertThatThrownBy(() -> town.login(0, "node/web1", rogue)).hasMessageContaining("key");
      try (ClientConnection own = town.login(0, "node/rogue", rogue)) {
        assertThat(refusal(own, "web1")).isNotEmpty();
        assertThat(Town.ask(own, "holdfast-ticket", "ticket web1 AAAA")).doesNotStartWith("ticket");
      }
    }
  }

  @Test
  void nodeDoesNotTalkToAProxyWithAnotherHostKey() throws Exception {
    try (Town town = new Town(1).open()) {
      KeyPair key = SshKeys.generateEd25519();
      town.cluster.node("web1", key.getPublic(), Map.of());
      try (NodeTunnels tunnels =
          NodeTunnels.start(
              new NodeIdentity("web1", "id", "1", Map.of(), java.util.List.of(key)),
              town::destinations,
              dev.holdfast.ssh.HostKeyCheck.only(SshKeys.generateEd25519().getPublic()),
              (channel, client, speaksFirst) -> {},
              ProxyLog.NONE)) {
        Awaitility.await()
            .during(java.time.Duration.ofMillis(500))
            .until(() -> !town.proxy(0).has("web1") && tunnels.live() == 0);
      }
    }
  }

  @Test
  void nodeFindsAProxyAgain() throws Exception {
    try (Town town = new Town(2).open()) {
      town.node("web1", Map.of());
      town.stopProxy(1);
      assertThat(town.proxy(0).has("web1")).isTrue();
      town.startProxy(1);
      town.awaitNode(1, "web1");
    }
  }

  @Test
  void lockEndsAChannelThatIsOpen() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      try (ClientConnection proxy = town.login(0);
          ClientConnection node = town.loginAtNode(proxy.connectTo("web1", 22, Town.at(1)))) {
        town.cluster.locked.add("ada");
        town.proxy(0).recheck(wish -> true);
        Awaitility.await().atMost(Town.PATIENCE).until(node::isOver);
      }
    }
  }
}
