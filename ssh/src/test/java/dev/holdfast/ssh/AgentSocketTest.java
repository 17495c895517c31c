package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent of OpenSSH, and agents that are none. */
@Timeout(60)
final class AgentSocketTest {
  private static final byte[] DATA = "to be signed".getBytes(UTF_8);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"ed25519, ed25519", "ecdsa, nistp256", "rsa, rsaSHA512", "rsa, rsaSHA256"})
  void aKeyOfTheAgentSigns(String type, BuiltinSignatures algorithm) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ssh-agent")),
        "SKIPPED: needs ssh-agent (openssh-client)");
    Path socket = directory.resolve("agent");
    Process agent = start(List.of("ssh-agent", "-D", "-a", socket.toString()), Map.of());
    try {
      Awaitility.await().until(() -> Files.exists(socket));
      String key = directory.resolve("key").toString();
      run(List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-f", key), Map.of());
      run(List.of("ssh-add", "-q", key), Map.of("SSH_AUTH_SOCK", socket.toString()));
      try (AgentSocket connection = AgentSocket.connect(socket)) {
        PublicKey held = connection.agent().getIdentities().iterator().next().getKey();
        assertThat(Files.readString(Path.of(key + ".pub"))).startsWith(SshKeys.line(held));
        byte[] signature =
            connection.agent().sign(null, held, algorithm.getName(), DATA).getValue();
        Signature verifier = algorithm.create();
        verifier.initVerifier(null, held);
        verifier.update(null, DATA);
        assertThat(verifier.verify(null, signature)).isTrue();
      }
    } finally {
      agent.destroy();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, AgentSocket.MOST_REPLY + 1, Integer.MAX_VALUE})
  void anAnswerOfImpossibleLengthIsRefused(int length) throws Exception {
    assertThatThrownBy(() -> identitiesOf(ByteBuffer.allocate(4).putInt(0, length)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The agent's answer has");
  }

  @Test
  void anAgentThatEndsInsideAnAnswerIsNoAgent() {
    for (int bytes = 0; bytes < 9; bytes++) {
      ByteBuffer answer = ByteBuffer.allocate(9).putInt(0, 5).put(4, (byte) 12).limit(bytes);
      assertThatThrownBy(() -> identitiesOf(answer)).isInstanceOf(IOException.class);
    }
  }

  /** Asks somebody who gives this answer and goes. */
  private void identitiesOf(ByteBuffer answer) throws IOException {
    Path path = directory.resolve("s" + System.nanoTime());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Thread.startVirtualThread(() -> {
        try (SocketChannel peer = server.accept()) {
          peer.read(ByteBuffer.allocate(64));
          peer.write(answer);
        } catch (IOException e) {
          // The test sees what came of it.
        }
      });
      try (AgentSocket connection = AgentSocket.connect(path)) {
        connection.agent().getIdentities();
      }
    }
  }

  private static void run(List<String> words, Map<String, String> environment) throws Exception {
    Process process = start(words, environment);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private static Process start(List<String> words, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words));
    builder.environment().putAll(environment);
    return builder
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
