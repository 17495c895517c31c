package dev.holdfast.ssh;

import java.util.List;
import java.util.function.Function;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.common.BuiltinFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.helpers.AbstractFactoryManager;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.random.SingletonRandomFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;

/**
 * The algorithms that we offer, best first: OpenSSH 10's, as far as there are any here.
 *
 * <p>Not among them, on purpose: SHA-1 in any place, so no {@code ssh-rsa} signature; CBC; finite
 * field Diffie-Hellman, with which a stranger costs a server much and itself little; compression,
 * as MINA inflates a packet without a bound; certificates, as nobody here says yet which authority
 * to believe.
 */
final class Algorithms {
  private static final List<BuiltinDHFactories> KEY_EXCHANGES =
      List.of(
          BuiltinDHFactories.mlkem768x25519,
          BuiltinDHFactories.sntrup761x25519,
          BuiltinDHFactories.sntrup761x25519_openssh,
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh,
          BuiltinDHFactories.ecdhp256,
          BuiltinDHFactories.ecdhp384,
          BuiltinDHFactories.ecdhp521);

  /** AES-GCM first: the JDK has it in hardware, and ChaCha20 here is plain Java. */
  private static final List<BuiltinCiphers> CIPHERS =
      List.of(
          BuiltinCiphers.aes128gcm,
          BuiltinCiphers.aes256gcm,
          BuiltinCiphers.cc20p1305_openssh,
          BuiltinCiphers.aes128ctr,
          BuiltinCiphers.aes192ctr,
          BuiltinCiphers.aes256ctr);

  private static final List<BuiltinMacs> MACS =
      List.of(
          BuiltinMacs.hmacsha256etm,
          BuiltinMacs.hmacsha512etm,
          BuiltinMacs.hmacsha256,
          BuiltinMacs.hmacsha512);

  private static final List<BuiltinSignatures> SIGNATURES =
      List.of(
          BuiltinSignatures.ed25519,
          BuiltinSignatures.nistp256,
          BuiltinSignatures.nistp384,
          BuiltinSignatures.nistp521,
          BuiltinSignatures.sk_ssh_ed25519,
          BuiltinSignatures.sk_ecdsa_sha2_nistp256,
          BuiltinSignatures.rsaSHA512,
          BuiltinSignatures.rsaSHA256);

  private Algorithms() {}

  static void offerAsClient(AbstractFactoryManager client) {
    offer(client, ClientBuilder.DH2KEX);
  }

  static void offerAsServer(AbstractFactoryManager server) {
    offer(server, ServerBuilder.DH2KEX);
  }

  private static void offer(
      AbstractFactoryManager manager, Function<DHFactory, KeyExchangeFactory> side) {
    manager.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(false, KEY_EXCHANGES, side));
    manager.setCipherFactories(BuiltinFactory.setUpFactories(false, CIPHERS));
    manager.setMacFactories(BuiltinFactory.setUpFactories(false, MACS));
    manager.setCompressionFactories(
        BuiltinFactory.setUpFactories(false, List.of(BuiltinCompressions.none)));
    manager.setSignatureFactories(signatures());
    manager.setRandomFactory(new SingletonRandomFactory(JceRandomFactory.INSTANCE));
  }

  /** What an authority may have signed a certificate with. */
  static List<String> authoritySignatures() {
    return SIGNATURES.stream().map(BuiltinSignatures::getName).toList();
  }

  private static List<NamedFactory<Signature>> signatures() {
    return BuiltinFactory.setUpFactories(false, SIGNATURES);
  }
}
