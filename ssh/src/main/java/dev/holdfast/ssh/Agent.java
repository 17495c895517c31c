package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.agent.SshAgent;

/**
 * An agent that holds private keys and signs with them (draft-ietf-sshm-ssh-agent), at its
 * Unix-domain socket. Thread-safe.
 */
public final class Agent implements AutoCloseable {
  private final AgentSocket socket;

  private Agent(AgentSocket socket) {
    this.socket = socket;
  }

  /** A connection to the agent at that path. */
  public static Agent connect(Path path) throws IOException {
    return new Agent(AgentSocket.connect(path));
  }

  /** The keys that it holds, in its order. */
  public List<PublicKey> keys() throws IOException {
    List<PublicKey> keys = new ArrayList<>();
    socket.agent().getIdentities().forEach(entry -> keys.add(entry.getKey()));
    return keys;
  }

  /** The agent as the library sees it. */
  SshAgent asLibrarySees() {
    return socket.agent();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
