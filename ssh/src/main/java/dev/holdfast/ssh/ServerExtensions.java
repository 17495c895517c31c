package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.kex.extension.KexExtensions;
import org.apache.sshd.common.kex.extension.parser.AbstractKexExtensionParser;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * What clients are told beside the key exchange: which algorithms they may log in by,
 * "server-sig-algs" (RFC 8308 3.1), and that {@link ServerPings} are answered.
 */
final class ServerExtensions extends DefaultServerKexExtensionHandler {
  static {
    // What has no parser the library writes without its name.
    KexExtensions.registerExtensionParser(new PingVersion());
  }

  private final List<String> names;

  ServerExtensions(ServerPolicy policy) {
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
      marshaller.accept(ServerPings.EXTENSION, ServerPings.VERSION);
    }
  }

  private static final class PingVersion extends AbstractKexExtensionParser<String> {
    PingVersion() {
      super(ServerPings.EXTENSION);
    }

    @Override
    protected void encode(String version, Buffer buffer) {
      buffer.putString(version);
    }

    @Override
    public String parseExtension(Buffer buffer) {
      byte[] bytes = new byte[buffer.available()];
      buffer.getRawBytes(bytes);
      return new String(bytes, US_ASCII);
    }
  }
}
