package dev.holdfast.ssh;

import java.io.IOException;
import java.util.List;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Logging in with keys (RFC 4252 7), where a key that can't sign after all, for want of its
 * passphrase or of the agent's consent, is followed by the next one instead of ending the
 * connection.
 */
final class KeyLogin extends UserAuthPublicKey {
  private KeyLogin(List<NamedFactory<Signature>> factories) {
    super(factories);
  }

  /** With those algorithms alone. */
  static UserAuthPublicKeyFactory factory(List<String> algorithms) {
    return new UserAuthPublicKeyFactory() {
      @Override
      public UserAuthPublicKey createUserAuth(ClientSession session) {
        return new KeyLogin(Algorithms.named(session.getSignatureFactories(), algorithms));
      }
    };
  }

  static UserAuthPublicKeyFactory factory() {
    return new UserAuthPublicKeyFactory() {
      @Override
      public UserAuthPublicKey createUserAuth(ClientSession session) {
        return new KeyLogin(getSignatureFactories());
      }
    };
  }

  @Override
  protected boolean processAuthDataRequest(ClientSession session, String service, Buffer buffer)
      throws Exception {
    try {
      return super.processAuthDataRequest(session, service, buffer);
    } catch (NoSignature e) {
      return sendAuthDataRequest(session, service);
    }
  }

  /** A key does not sign. */
  static final class NoSignature extends IOException {
    private static final long serialVersionUID = 1L;

    NoSignature(String message) {
      super(message);
    }

    NoSignature(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
