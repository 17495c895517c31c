package dev.holdfast.access;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Keys that are the same in every run: those of RFC 8032 7.1, tests 1 and 2. */
final class TicketKeyOf {
  private TicketKeyOf() {}

  /** The cluster's in the vectors. */
  static TicketKey cluster() throws Exception {
    return key(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  }

  /** The client's in the vectors. */
  static TicketKey client() throws Exception {
    return key(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  }

  private static TicketKey key(String secret, String shown) throws Exception {
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420".concat(secret));
    byte[] x509 = HexFormat.of().parseHex("302a300506032b6570032100".concat(shown));
    PrivateKey privateKey = factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    PublicKey publicKey = factory.generatePublic(new X509EncodedKeySpec(x509));
    return TicketKey.of(new KeyPair(publicKey, privateKey));
  }

  static byte[] hash(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
