package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.global.AbstractOpenSshHostKeysHandler;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Hears which host keys a server has beside the one that it showed, and has it prove those that are
 * new (PROTOCOL 2.5, hostkeys-00@openssh.com and hostkeys-prove-00@openssh.com).
 */
final class AnnouncedKeys extends AbstractOpenSshHostKeysHandler {
  /** Keys of one server; OpenSSH has no bound but its packets'. */
  static final int MOST_KEYS = 32;

  private static final String PROVE = "hostkeys-prove-00@openssh.com";
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int REQUEST_BYTES = 4096;

  AnnouncedKeys() {
    super("hostkeys-00@openssh.com");
    setIgnoreInvalidKeys(true);
  }

  /** Thinking about it must not hold up the connection. */
  @Override
  protected RequestHandler.Result handleHostKeys(
      Session session, Collection<? extends PublicKey> keys, boolean wantReply, Buffer buffer) {
    ClientTransport transport = (ClientTransport) session;
    List<PublicKey> announced = List.copyOf(keys);
    if (!announced.isEmpty() && announced.size() <= MOST_KEYS) {
      Thread.ofVirtual()
          .name("host-keys")
          .start(() ->
              transport.target().hostKey().announced(announced, some -> proven(transport, some)));
    }
    return RequestHandler.Result.Replied;
  }

  /** Those of the keys of which the server has the private half. */
  private static List<PublicKey> proven(ClientTransport session, List<PublicKey> keys) {
    try {
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
      request.putString(PROVE);
      request.putBoolean(true);
      keys.forEach(request::putPublicKey);
      Buffer answer = session.request(PROVE, request, ANSWER);
      return answer == null ? List.of() : proven(session, keys, answer);
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }

  private static List<PublicKey> proven(
      ClientTransport session, List<PublicKey> keys, Buffer answer) {
    List<PublicKey> proven = new ArrayList<>();
    for (PublicKey key : keys) {
      byte[] signature = answer.getBytes();
      if (isProven(SshKeys.wire(key), session.getSessionId(), signature)) {
        proven.add(key);
      }
    }
    return proven;
  }

  private static boolean isProven(SshPublicKey key, byte[] session, byte[] signature) {
    byte[] purpose = Wire.string(PROVE);
    byte[] id = Wire.string(session);
    byte[] blob = Wire.string(key.blob());
    byte[] signed =
        ByteBuffer.allocate(purpose.length + id.length + blob.length)
            .put(purpose)
            .put(id)
            .put(blob)
            .array();
    try {
      return SignatureCheck.verify(key, SignatureCheck.algorithm(signature), signed, signature)
          instanceof SignatureCheck.Outcome.Good;
    } catch (MalformedKeyException e) {
      return false;
    }
  }
}
