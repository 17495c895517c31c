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
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.Signature;

/**
 * {@link LoginKeys} in the form in which the library asks for keys one by one and for a signature
 * only when the server wants it: an agent.
 */
final class OfferedKeys implements SshAgent {
  private final Optional<LoginKeys> identities;
  private final ClientOffer offer;

  private OfferedKeys(Target target) {
    identities = target.identities();
    offer = target.offer();
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
        return new OfferedKeys(((ClientTransport) session).target());
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
        .filter(key -> offer.takesKey(KeyUtils.getKeyType(key)))
        .map(key -> Map.entry(key, ""))
        .toList();
  }

  @Override
  public Map.Entry<String, byte[]> sign(
      SessionContext session, PublicKey key, String algorithm, byte[] data) throws IOException {
    Optional<Agent> agent = identities.flatMap(all -> all.agentOf(key));
    if (agent.isPresent()) {
      PublicKey held = identities.get().heldAs(key);
      String by =
          held instanceof OpenSshCertificate ? algorithm : SignatureCheck.plainAlgorithm(algorithm);
      return byAgent(agent.get().asLibrarySees(), session, held, by, algorithm, data);
    }
    KeyPair pair =
        identities
            .flatMap(all -> all.pair(key))
            .orElseThrow(() -> new KeyLogin.NoSignature("The key was not unlocked."));
    try {
      Signature signature =
          NamedFactory.create(
              ((Session) session).getSignatureFactories(),
              SignatureCheck.plainAlgorithm(algorithm));
      if (signature == null) {
        throw new KeyLogin.NoSignature("There is no signature " + algorithm + " here.");
      }
      signature.initSigner(session, pair.getPrivate());
      signature.update(session, data);
      return Map.entry(algorithm, signature.sign(session));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new KeyLogin.NoSignature("The key does not sign.", e);
    }
  }

  private static Map.Entry<String, byte[]> byAgent(
      SshAgent agent,
      SessionContext session,
      PublicKey key,
      String by,
      String requested,
      byte[] data)
      throws IOException {
    try {
      return Map.entry(requested, agent.sign(session, key, by, data).getValue());
    } catch (IOException e) {
      throw new KeyLogin.NoSignature("The agent does not sign.", e);
    }
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
