package dev.holdfast.cli;

import dev.holdfast.ssh.Agent;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The certificates of ours that the user's agent holds. */
final class AgentCertificates {
  private AgentCertificates() {}

  /** Has the agent forget the certificate in a file; if it can't be asked, it forgets in time. */
  static void remove(Path file) {
    String socket = System.getenv("SSH_AUTH_SOCK");
    if (socket == null || socket.isEmpty()) {
      return;
    }
    try (Agent agent = Agent.connect(Path.of(socket))) {
      String[] words = Files.readString(file).strip().split(" ", 3);
      agent.remove(SshPublicKey.of(words[0], words[1]));
    } catch (IOException | MalformedKeyException | RuntimeException e) {
      System.getLogger(AgentCertificates.class.getName())
          .log(System.Logger.Level.DEBUG, "the agent was not asked", e);
    }
  }
}
