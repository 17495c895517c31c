package dev.holdfast.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.agent.SshAgent;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/**
 * An agent that holds private keys and signs with them (draft-ietf-sshm-ssh-agent), at its
 * Unix-domain socket. Thread-safe.
 */
public final class Agent implements AutoCloseable {
  private static final int SUCCESS = 6;
  private static final int REMOVE = 18;
  private static final int ADD_CONSTRAINED = 25;
  private static final int LIFETIME = 1;
  private static final int KEY_BYTES = 32;

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

  /**
   * Has the agent hold a certificate with its key for some time (draft-ietf-sshm-ssh-agent 3.2.1,
   * 3.2.7; PROTOCOL.certkeys for keys with certificates).
   *
   * @param pair for Ed25519
   * @param time after which it forgets them
   */
  public void add(KeyPair pair, SshPublicKey certificate, String comment, Duration time)
      throws IOException {
    byte[] point = point(pair);
    byte[] seed = seed(pair);
    byte[] secret = ByteBuffer.allocate(2 * KEY_BYTES).put(seed).put(point).array();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(ADD_CONSTRAINED);
    message.writeBytes(Wire.string(certificate.type()));
    message.writeBytes(Wire.string(certificate.blob()));
    message.writeBytes(Wire.string(point));
    message.writeBytes(Wire.string(secret));
    message.writeBytes(Wire.string(comment));
    message.write(LIFETIME);
    message.writeBytes(ByteBuffer.allocate(4).putInt((int) time.toSeconds()).array());
    Arrays.fill(seed, (byte) 0);
    Arrays.fill(secret, (byte) 0);
    if (socket.ask(message.toByteArray()) != SUCCESS) {
      throw new IOException("The agent does not take the certificate.");
    }
  }

  /** Has the agent forget a key or certificate; false if it did not have it. */
  public boolean remove(SshPublicKey key) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(REMOVE);
    message.writeBytes(Wire.string(key.blob()));
    return socket.ask(message.toByteArray()) == SUCCESS;
  }

  private static byte[] point(KeyPair pair) throws IOException {
    try {
      return new Wire(SshKeys.wire(pair.getPublic()).blob()).afterType();
    } catch (MalformedKeyException e) {
      throw new IOException("Only keys for Ed25519 are given to the agent.", e);
    }
  }

  private static byte[] seed(KeyPair pair) throws IOException {
    if (PrivateKeyFactory.createKey(pair.getPrivate().getEncoded())
        instanceof Ed25519PrivateKeyParameters key) {
      return key.getEncoded();
    }
    throw new IOException("Only keys for Ed25519 are given to the agent.");
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
