package dev.holdfast.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.sshd.common.BuiltinFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
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
 * The algorithms that we have, best first: OpenSSH 10's, as far as there are any here.
 *
 * <p>Not among them, on purpose: SHA-1 in any place, so no {@code ssh-rsa} signature; CBC; finite
 * field Diffie-Hellman, with which a stranger costs a server much and itself little; compression,
 * as MINA inflates a packet without a bound.
 *
 * <p>A client offers all of them. A server offers by default what ssh-audit's hardened policies
 * allow: neither the curves of NIST, nor MACs that are not encrypt-then-MAC. Settings can add
 * those.
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

  /** AES-GCM first: processors have it in hardware. */
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

  /** Certificates of hosts, which a server offers if it has one. */
  private static final List<BuiltinSignatures> HOST_CERTIFICATES =
      List.of(
          BuiltinSignatures.ed25519_cert,
          BuiltinSignatures.nistp256_cert,
          BuiltinSignatures.nistp384_cert,
          BuiltinSignatures.nistp521_cert,
          BuiltinSignatures.rsaSHA512_cert,
          BuiltinSignatures.rsaSHA256_cert);

  /** Certificates of authenticators' keys, which hosts do not have. */
  private static final List<String> SECURITY_KEY_CERTIFICATES =
      List.of("sk-ssh-ed25519-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com");

  private Algorithms() {}

  static void offerAsClient(AbstractFactoryManager client) {
    offer(client, KEY_EXCHANGES, MACS, CIPHERS, ClientExchange::factory);
    client.setSignatureFactories(clientSignatures());
  }

  /** What a client signs with, and verifies a host's signatures by. */
  static List<NamedFactory<Signature>> clientSignatures() {
    return BuiltinFactory.setUpFactories(
        false, Stream.concat(HOST_CERTIFICATES.stream(), SIGNATURES.stream()).toList());
  }

  static void offerAsServer(AbstractFactoryManager server, ServerSettings settings) {
    offer(
        server,
        chosen(KEY_EXCHANGES, settings.get(ServerOption.KEX_ALGORITHMS)),
        chosen(MACS, settings.get(ServerOption.MACS)),
        chosen(CIPHERS, settings.get(ServerOption.CIPHERS)),
        ServerBuilder.DH2KEX);
    server.setSignatureFactories(
        BuiltinFactory.setUpFactories(
            false, chosen(allHostKeys(), settings.get(ServerOption.HOST_KEY_ALGORITHMS))));
  }

  /** Every key exchange that can be set. */
  static List<String> keyExchanges() {
    return names(KEY_EXCHANGES);
  }

  static List<String> serverKeyExchanges() {
    return keyExchanges().stream().filter(name -> !name.startsWith("ecdh-")).toList();
  }

  static List<String> ciphers() {
    return names(CIPHERS);
  }

  /** Every MAC that can be set. */
  static List<String> macs() {
    return names(MACS);
  }

  static List<String> serverMacs() {
    return macs().stream().filter(name -> name.endsWith("-etm@openssh.com")).toList();
  }

  static List<String> signatures() {
    return names(SIGNATURES);
  }

  static List<String> hostKeys() {
    return names(allHostKeys());
  }

  /** What users may prove themselves by. */
  static List<String> publicKeys() {
    List<String> names = new ArrayList<>(names(HOST_CERTIFICATES));
    names.addAll(SECURITY_KEY_CERTIFICATES);
    names.addAll(names(SIGNATURES));
    return names;
  }

  private static List<BuiltinSignatures> allHostKeys() {
    List<BuiltinSignatures> all = new ArrayList<>(HOST_CERTIFICATES);
    all.addAll(
        SIGNATURES.stream().filter(signature -> !signature.getName().startsWith("sk-")).toList());
    return all;
  }

  private static List<String> names(List<? extends NamedResource> resources) {
    return resources.stream().map(NamedResource::getName).toList();
  }

  /** Every algorithm of host keys that a client can ask for. */
  static List<String> clientHostKeys() {
    List<String> all = new ArrayList<>(names(HOST_CERTIFICATES));
    all.addAll(names(SIGNATURES));
    return all;
  }

  private static <T extends NamedResource> List<T> chosen(List<T> from, AlgorithmNames names) {
    return named(from, names.names());
  }

  /** Those of the names, in the order of the names. */
  static <T extends NamedResource> List<T> named(List<T> from, List<String> names) {
    return names.stream()
        .flatMap(name -> from.stream().filter(one -> one.getName().equals(name)))
        .toList();
  }

  private static void offer(
      AbstractFactoryManager manager,
      List<BuiltinDHFactories> keyExchanges,
      List<BuiltinMacs> macs,
      List<BuiltinCiphers> ciphers,
      Function<DHFactory, KeyExchangeFactory> side) {
    manager.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(false, keyExchanges, side));
    manager.setCipherFactories(ciphers.stream().map(Algorithms::factory).toList());
    manager.setMacFactories(BuiltinFactory.setUpFactories(false, macs));
    manager.setCompressionFactories(
        BuiltinFactory.setUpFactories(false, List.of(BuiltinCompressions.none)));
    manager.setRandomFactory(new SingletonRandomFactory(JceRandomFactory.INSTANCE));
  }

  private static NamedFactory<Cipher> factory(BuiltinCiphers cipher) {
    if (cipher != BuiltinCiphers.cc20p1305_openssh) {
      return cipher;
    }
    return new NamedFactory<>() {
      @Override
      public String getName() {
        return cipher.getName();
      }

      @Override
      public Cipher create() {
        return new FastChaCha20();
      }
    };
  }
}
