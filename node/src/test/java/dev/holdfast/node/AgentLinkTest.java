package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ssh.Passwords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent of a named session is that of whoever attached last with one. */
@Timeout(120)
final class AgentLinkTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();
  private NodeServer node;
  private NodeServer other;
  private Path sockets;

  @BeforeEach
  void start() throws Exception {
    node = server("a");
    other = server("b");
    sockets = SessionDirectory.of(directory.resolve("state")).path();
  }

  private NodeServer server(String name) throws Exception {
    NodeServer server =
        NodeServer.asSshd(
            Files.createDirectory(directory.resolve(name)),
            new SessionSettings(Optional.empty(), false, false, false, Optional.empty()),
            Passwords.NONE,
            "no-x11-forwarding");
    server.named().open(directory.resolve("state"), new LiveTerminals());
    return server;
  }

  @AfterEach
  void stop() throws Exception {
    started.forEach(Process::destroyForcibly);
    for (NodeServer each : new NodeServer[] {node, other}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @Test
  void programsOfASessionReachTheAgentOfWhoeverAttachedLast() throws Exception {
    Agent first = new Agent("first");
    Agent second = new Agent("second");
    Agent third = new Agent("third");
    Client one = new Client(node, first);
    one.says("echo at $SSH_AUTH_SOCK", "at " + sockets + "/");
    one.says("ssh-add -l", first.fingerprint);
    Client two = new Client(node, second);
    two.says("ssh-add -l", second.fingerprint);
    Client three = new Client(other, third);
    three.says("ssh-add -l", third.fingerprint);
    three.type("exit");
    await().atMost(LONGEST).until(() -> node.named().isEmpty());
    await().atMost(LONGEST).until(() -> agentLinks() == 0);
  }

  private long agentLinks() throws IOException {
    try (Stream<Path> files = Files.list(sockets)) {
      return files.filter(file -> file.toString().contains(".agent")).count();
    }
  }

  /** An agent with one key. */
  private final class Agent {
    final Path socket;
    final String fingerprint;

    Agent(String name) throws Exception {
      socket = directory.resolve(name);
      Path key = directory.resolve(name + "-key");
      run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
      fingerprint = run("ssh-keygen", "-lf", key.toString()).split(" ", 3)[1];
      started.add(new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start());
      await().atMost(LONGEST).until(() -> Files.exists(socket));
      run("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", key.toString());
    }

    private String run(String... line) throws Exception {
      NodeServer.Ended ended = NodeServer.run(NodeServer.nothing(), List.of(line));
      assertThat(ended.status()).as(ended.err()).isZero();
      return ended.text();
    }
  }

  /** Stock ssh that is attached to the session "work" and lends an agent. */
  private final class Client {
    private final Process ssh;
    private final StringBuilder heard = new StringBuilder();

    Client(NodeServer server, Agent agent) throws IOException {
      List<String> line =
          server.line(NodeServer.USER, List.of("-A", "-tt", "-o", "SetEnv=HOLDFAST_SESSION=work"));
      line.replaceAll(word -> word.replace("IdentityAgent=none", "IdentityAgent=" + agent.socket));
      ssh = new ProcessBuilder(line).start();
      started.add(ssh);
      Thread.startVirtualThread(this::listen);
    }

    private void listen() {
      byte[] bytes = new byte[4096];
      try {
        for (int count = ssh.getInputStream().read(bytes);
            count >= 0;
            count = ssh.getInputStream().read(bytes)) {
          synchronized (heard) {
            heard.append(new String(bytes, 0, count, UTF_8));
          }
        }
      } catch (IOException e) {
        // It was ended.
      }
    }

    void type(String line) throws IOException {
      ssh.getOutputStream().write((line + "\r").getBytes(UTF_8));
      ssh.getOutputStream().flush();
    }

    void says(String line, String answer) throws IOException {
      type(line);
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> {
            synchronized (heard) {
              assertThat(heard.toString()).contains(answer);
            }
          });
    }
  }
}
