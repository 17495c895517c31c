package dev.holdfast.ssh;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.session.Session;

/** Tells clients which algorithms they may log in by: "server-sig-algs" (RFC 8308 3.1). */
final class AcceptedAlgorithms extends DefaultServerKexExtensionHandler {
  private final List<String> names;

  AcceptedAlgorithms(ServerPolicy policy) {
    names =
        policy.settings().get(ServerOption.PUBKEY_ACCEPTED_ALGORITHMS).names().stream()
            .filter(name -> SshPublicKey.plainType(name).equals(name))
            .toList();
  }

  @Override
  public void collectExtensions(
      Session session, KexPhase phase, BiConsumer<String, Object> marshaller) {
    if (phase == KexPhase.NEWKEYS) {
      marshaller.accept("server-sig-algs", names);
    }
  }
}
