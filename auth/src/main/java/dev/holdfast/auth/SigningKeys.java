package dev.holdfast.auth;

import dev.holdfast.access.Ed25519;
import dev.holdfast.access.Json;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that a provider signs with (RFC 7517 5). Those that are of no use here are left out.
 * Immutable.
 */
final class SigningKeys {
  /** Keys that are looked at. */
  static final int MOST_KEYS = 64;

  private static final int LEAST_RSA_BITS = 2_048;
  private static final int MOST_RSA_BITS = 8_192;
  private static final int MOST_EXPONENT_BITS = 64;
  private static final int P256_BYTES = 32;

  private final List<Key> keys;

  private SigningKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  private record Key(String type, Optional<String> id, Optional<String> algorithm, PublicKey key) {}

  static SigningKeys of(Json document) {
    List<Key> keys = new ArrayList<>();
    if (document instanceof Json.Members(Map<String, Json> members)
        && members.get("keys") instanceof Json.Items(List<Json> items)) {
      for (Json item : items.subList(0, Math.min(items.size(), MOST_KEYS))) {
        key(item).ifPresent(keys::add);
      }
    }
    return new SigningKeys(keys);
  }

  /** Those that may have signed this: those with the ID, or all if it names none. */
  List<PublicKey> candidates(SigningAlgorithm algorithm, Optional<String> id) {
    return keys.stream()
        .filter(key -> key.type.equals(algorithm.keyType()))
        .filter(key -> key.algorithm.isEmpty() || key.algorithm.get().equals(algorithm.word()))
        .filter(key -> id.isEmpty() || id.equals(key.id))
        .map(Key::key)
        .toList();
  }

  private static Optional<Key> key(Json json) {
    if (!(json instanceof Json.Members(Map<String, Json> members))
        || !text(members, "use").orElse("sig").equals("sig")) {
      return Optional.empty();
    }
    String type = text(members, "kty").orElse("");
    try {
      Optional<PublicKey> key =
          switch (type) {
            case "RSA" -> rsa(members);
            case "EC" -> p256(members);
            case "OKP" -> ed25519(members);
            default -> Optional.empty();
          };
      return key.map(it -> new Key(type, text(members, "kid"), text(members, "alg"), it));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** RFC 7518 6.3.1. */
  private static Optional<PublicKey> rsa(Map<String, Json> members)
      throws GeneralSecurityException {
    BigInteger modulus = new BigInteger(1, bytes(members, "n"));
    BigInteger exponent = new BigInteger(1, bytes(members, "e"));
    if (modulus.bitLength() < LEAST_RSA_BITS
        || modulus.bitLength() > MOST_RSA_BITS
        || exponent.bitLength() > MOST_EXPONENT_BITS
        || exponent.bitLength() < 2
        || !exponent.testBit(0)) {
      return Optional.empty();
    }
    return Optional.of(
        KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)));
  }

  /** RFC 7518 6.2.1. */
  private static Optional<PublicKey> p256(Map<String, Json> members)
      throws GeneralSecurityException {
    byte[] x = bytes(members, "x");
    byte[] y = bytes(members, "y");
    if (!text(members, "crv").orElse("").equals("P-256")
        || x.length != P256_BYTES
        || y.length != P256_BYTES) {
      return Optional.empty();
    }
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    ECPoint point = new ECPoint(new BigInteger(1, x), new BigInteger(1, y));
    return Optional.of(
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class))));
  }

  /** RFC 8037 2: the point as RFC 8032 5.1.2 has it. */
  private static Optional<PublicKey> ed25519(Map<String, Json> members)
      throws GeneralSecurityException {
    return text(members, "crv").orElse("").equals("Ed25519")
        ? Optional.of(Ed25519.publicKey(bytes(members, "x")))
        : Optional.empty();
  }

  private static byte[] bytes(Map<String, Json> members, String name) {
    return Base64.getUrlDecoder().decode(text(members, name).orElse(""));
  }

  private static Optional<String> text(Map<String, Json> members, String name) {
    return members.get(name) instanceof Json.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }
}
