package dev.holdfast.ssh;

import java.io.IOException;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.client.session.ClientUserAuthServiceFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Logs in with the first key at once, where that can sign without asking anybody: with its
 * signature, where others ask first which methods there are, and then whether the key would do (RFC
 * 4252 5.2 and 7 leave both to the client). That saves two round trips. If the server does not take
 * it, all goes on as usual, without that key.
 */
final class EagerLogin extends ClientUserAuthService {
  private static final String METHOD = "publickey";

  private EagerLogin(Session session) {
    super(session);
  }

  static ClientUserAuthServiceFactory factory() {
    return new ClientUserAuthServiceFactory() {
      @Override
      public Service create(Session session) throws IOException {
        return new EagerLogin(session);
      }
    };
  }

  @Override
  protected IoWriteFuture sendInitialAuthRequest(ClientSession session, String service)
      throws IOException {
    ClientTransport transport = (ClientTransport) session;
    Buffer request = request(transport, service);
    return request == null
        ? super.sendInitialAuthRequest(session, service)
        : session.writePacket(request);
  }

  private @Nullable Buffer request(ClientTransport session, String service) {
    Optional<LoginKeys> identities = session.target().identities();
    List<PublicKey> keys = identities.map(LoginKeys::keys).orElse(List.of());
    boolean isFirst = !clientMethods.isEmpty() && clientMethods.getFirst().equals(METHOD);
    if (!isFirst
        || keys.isEmpty()
        || !identities.get().isAtHand(keys.getFirst())
        || !session.target().offer().takesKey(KeyUtils.getKeyType(keys.getFirst()))) {
      return null;
    }
    PublicKey key = keys.getFirst();
    String algorithm = algorithm(session, key);
    return algorithm == null ? null : signed(session, service, key, algorithm);
  }

  /** The first of ours that is one of the key's. */
  private static @Nullable String algorithm(Session session, PublicKey key) {
    String type = KeyUtils.getKeyType(key);
    List<String> names =
        type == null ? List.of() : List.copyOf(KeyUtils.getAllEquivalentKeyTypes(type));
    return session.getSignatureFactories().stream()
        .map(NamedFactory<Signature>::getName)
        .filter(name -> name.equals(type) || names.contains(name))
        .findFirst()
        .orElse(null);
  }

  /** Null if the key does not sign after all. */
  private static @Nullable Buffer signed(
      ClientTransport session, String service, PublicKey key, String algorithm) {
    Buffer data = new ByteArrayBuffer();
    data.putBytes(session.getSessionId());
    data.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(data, session, service, key, algorithm);
    byte[] signature;
    try {
      Map.Entry<String, byte[]> made =
          OfferedKeys.of(session).sign(session, key, algorithm, data.getCompactData());
      signature = made.getValue();
    } catch (IOException | RuntimeException e) {
      return null;
    }
    session.tried(key);
    Buffer blob = new ByteArrayBuffer();
    blob.putString(KeyUtils.getSignatureAlgorithm(algorithm, key));
    blob.putBytes(signature);
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(request, session, service, key, algorithm);
    request.putBytes(blob.array(), blob.rpos(), blob.available());
    return request;
  }

  private static void putRequest(
      Buffer buffer, ClientTransport session, String service, PublicKey key, String algorithm) {
    buffer.putString(session.getUsername());
    buffer.putString(service);
    buffer.putString(METHOD);
    buffer.putBoolean(true);
    buffer.putString(algorithm);
    buffer.putPublicKey(key);
  }
}
