package dev.holdfast.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients all host keys once they are logged in, and proves that we hold them (PROTOCOL 2.5:
 * hostkeys-00@openssh.com, hostkeys-prove-00@openssh.com). MINA's would prove RSA keys with SHA-1.
 */
final class HostKeys implements RequestHandler<ConnectionService> {
  static final HostKeys PROOF = new HostKeys();

  private static final String PROVE = "hostkeys-prove-00@openssh.com";

  private static final Logger log = LoggerFactory.getLogger(HostKeys.class);

  private HostKeys() {}

  /** Sends the keys; the client is not waited for. */
  static void announce(Session session) {
    Thread.startVirtualThread(() -> {
      try {
        Buffer message = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        message.putString("hostkeys-00@openssh.com");
        message.putBoolean(false);
        for (KeyPair key : keys(session)) {
          message.putBytes(SshKeys.wire(key.getPublic()).blob());
        }
        session.writePacket(message);
      } catch (IOException | RuntimeException e) {
        log.debug("host keys are not told: {}", e.getMessage());
      }
    });
  }

  @Override
  public Result process(ConnectionService service, String request, boolean wantReply, Buffer buffer)
      throws Exception {
    if (!request.equals(PROVE)) {
      return Result.Unsupported;
    }
    Session session = service.getSession();
    List<KeyPair> keys = keys(session);
    Buffer answer = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
    int proofs = 0;
    while (buffer.available() > 0) {
      byte[] blob = buffer.getBytes();
      KeyPair key = find(keys, SshPublicKey.of(blob));
      if (key == null || ++proofs > keys.size()) {
        return Result.ReplyFailure;
      }
      answer.putBytes(proof(session, key, blob));
    }
    if (wantReply) {
      session.writePacket(answer);
    }
    return Result.Replied;
  }

  private static byte[] proof(Session session, KeyPair key, byte[] blob) throws Exception {
    Buffer signed = new ByteArrayBuffer();
    signed.putString(PROVE);
    signed.putBytes(session.getSessionId());
    signed.putBytes(blob);
    Signature signer = signer(key.getPublic());
    signer.initSigner(session, key.getPrivate());
    signer.update(session, signed.getCompactData());
    Buffer signature = new ByteArrayBuffer();
    signature.putString(algorithm(key.getPublic()));
    signature.putBytes(signer.sign(session));
    return signature.getCompactData();
  }

  private static Signature signer(PublicKey key) {
    NamedFactory<Signature> known = BuiltinSignatures.fromFactoryName(algorithm(key));
    if (known == null) {
      throw new IllegalStateException("a host key of a type that nobody signs with");
    }
    return known.create();
  }

  private static String algorithm(PublicKey key) {
    String type = KeyUtils.getKeyType(key);
    return type.equals(SshPublicKey.RSA) ? "rsa-sha2-512" : type;
  }

  private static @Nullable KeyPair find(List<KeyPair> keys, SshPublicKey wanted) {
    return keys.stream()
        .filter(key -> SshKeys.wire(key.getPublic()).equals(wanted))
        .findFirst()
        .orElse(null);
  }

  private static List<KeyPair> keys(Session session) {
    try {
      List<KeyPair> keys = new ArrayList<>();
      ((ServerSession) session).getKeyPairProvider().loadKeys(session).forEach(keys::add);
      return keys;
    } catch (Exception e) {
      throw new IllegalStateException("host keys are in memory", e);
    }
  }
}
