package dev.holdfast.ssh;

import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;

/**
 * The client's side of a key exchange in which a server may show a certificate: that its authority
 * signed it is checked here. Whom it is for and whether its authority is believed is for the {@link
 * HostKeyCheck} alone, which knows other names of the server than the one that was dialled.
 */
final class ClientExchange extends DHGClient {
  private ClientExchange(DHFactory factory, Session session) {
    super(factory, session);
  }

  static KeyExchangeFactory factory(DHFactory factory) {
    return new KeyExchangeFactory() {
      @Override
      public String getName() {
        return factory.getName();
      }

      @Override
      public KeyExchange createKeyExchange(Session session) {
        return new ClientExchange(factory, session);
      }
    };
  }

  @Override
  protected void verifyCertificate(Session session, OpenSshCertificate certificate)
      throws Exception {
    boolean signed;
    try {
      signed =
          new CertificateCheck(ServerSettings.DEFAULTS)
              .isSigned(UserCertificate.parse(SshKeys.wire(certificate)));
    } catch (MalformedKeyException e) {
      signed = false;
    }
    if (!signed) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE,
          "The host's certificate was not signed by its authority.");
    }
  }
}
