package dev.holdfast.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentKeyConstraint;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;

/**
 * {@link LoginKeys} in the form in which the library asks for keys one by one and for a signature
 * only when the server wants it: an agent.
 */
final class OfferedKeys implements SshAgent {
  private final ClientTransport session;
  private final Optional<LoginKeys> identities;
  private final ClientOffer offer;

  private OfferedKeys(ClientTransport session) {
    this.session = session;
    identities = session.target().identities();
    offer = session.target().offer();
  }

  /** Those of the target of {@code session}. */
  static OfferedKeys of(ClientTransport session) {
    return new OfferedKeys(session);
  }

  /** Gives each session the keys of its target. */
  static SshAgentFactory factory() {
    return new SshAgentFactory() {
      @Override
      public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
        return List.of();
      }

      @Override
      public SshAgent createClient(Session session, FactoryManager manager) {
        return of((ClientTransport) session);
      }

      @Override
      public SshAgentServer createServer(ConnectionService service) throws IOException {
        throw new IOException("No agent is forwarded here.");
      }
    };
  }

  @Override
  public Iterable<? extends Map.Entry<PublicKey, String>> getIdentities() {
    return identities.map(LoginKeys::keys).orElse(List.of()).stream()
        .filter(key -> !session.wasTried(key))
        .filter(key -> offer.takesKey(KeyUtils.getKeyType(key)))
        .map(key -> Map.entry(key, ""))
        .toList();
  }

  @Override
  public Map.Entry<String, byte[]> sign(
      SessionContext session, PublicKey key, String algorithm, byte[] data) throws IOException {
    LoginKeys keys = identities.orElseThrow(() -> new KeyLogin.NoSignature("There are no keys."));
    return Map.entry(algorithm, KeySigning.sign(keys, session, key, algorithm, data));
  }

  @Override
  public void addIdentity(KeyPair key, String comment, SshAgentKeyConstraint... constraints)
      throws IOException {
    throw new IOException("Keys are only offered here.");
  }

  @Override
  public void removeIdentity(PublicKey key) throws IOException {
    throw new IOException("Keys are only offered here.");
  }

  @Override
  public void removeAllIdentities() throws IOException {
    throw new IOException("Keys are only offered here.");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** The identities are their owner's to close. */
  @Override
  public void close() {}
}
