package dev.holdfast.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Optional;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;

/** Signs by whatever holds a key: somebody else, an agent, or a pair that was read. */
final class KeySigning {
  private KeySigning() {}

  /**
   * A signature as the library wants it.
   *
   * @param session that it is for, where that is in this process
   * @throws KeyLogin.NoSignature if the key does not sign
   */
  static byte[] sign(
      LoginKeys keys,
      @Nullable SessionContext session,
      PublicKey key,
      String algorithm,
      byte[] data)
      throws IOException {
    Optional<byte[]> elsewhere = keys.signature(key, algorithm, data);
    if (elsewhere.isPresent()) {
      return elsewhere.get();
    }
    Optional<Agent> agent = keys.agentOf(key);
    if (agent.isPresent()) {
      PublicKey held = keys.heldAs(key);
      String by =
          held instanceof OpenSshCertificate ? algorithm : SignatureCheck.plainAlgorithm(algorithm);
      return byAgent(agent.get().asLibrarySees(), session, held, by, data);
    }
    KeyPair pair =
        keys.pair(key).orElseThrow(() -> new KeyLogin.NoSignature("The key was not unlocked."));
    return byPair(pair, session, algorithm, data);
  }

  private static byte[] byPair(
      KeyPair pair, @Nullable SessionContext session, String algorithm, byte[] data)
      throws IOException {
    try {
      Signature signature =
          NamedFactory.create(
              Algorithms.clientSignatures(), SignatureCheck.plainAlgorithm(algorithm));
      if (signature == null) {
        throw new KeyLogin.NoSignature("There is no signature " + algorithm + " here.");
      }
      signature.initSigner(session, pair.getPrivate());
      signature.update(session, data);
      return signature.sign(session);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new KeyLogin.NoSignature("The key does not sign.", e);
    }
  }

  private static byte[] byAgent(
      SshAgent agent, @Nullable SessionContext session, PublicKey key, String by, byte[] data)
      throws IOException {
    try {
      return agent.sign(session, key, by, data).getValue();
    } catch (IOException e) {
      throw new KeyLogin.NoSignature("The agent does not sign.", e);
    }
  }
}
