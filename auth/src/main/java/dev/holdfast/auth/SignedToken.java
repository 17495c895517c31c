package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A token in three parts, header, claims and signature (RFC 7515 3.1), of which nothing is believed
 * yet.
 *
 * @param keyId of the key that signed it, if it says so
 * @param signed what the signature is over
 * @param signature in base64url
 */
record SignedToken(
    SigningAlgorithm algorithm,
    Optional<String> keyId,
    Map<String, Json> claims,
    String signed,
    String signature) {
  static final int MOST_CHARACTERS = 64 * 1024;

  static SignedToken parse(String text) throws UnbelievableTokenException {
    if (text.length() > MOST_CHARACTERS) {
      throw new UnbelievableTokenException("it is longer than " + MOST_CHARACTERS + " characters");
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      throw new UnbelievableTokenException("it is not made of three parts");
    }
    Map<String, Json> header = members(parts[0]);
    if (header.containsKey("crit")) {
      // RFC 7515 4.1.11: what must be understood and is not.
      throw new UnbelievableTokenException("its header wants something that is not known here");
    }
    SigningAlgorithm algorithm =
        (header.get("alg") instanceof Json.Text(String word)
                ? SigningAlgorithm.of(word)
                : Optional.<SigningAlgorithm>empty())
            .orElseThrow(() ->
                new UnbelievableTokenException("it is not signed by RS256, PS256, ES256 or EdDSA"));
    Optional<String> keyId =
        header.get("kid") instanceof Json.Text(String id) ? Optional.of(id) : Optional.empty();
    return new SignedToken(
        algorithm, keyId, members(parts[1]), parts[0] + "." + parts[1], parts[2]);
  }

  private static Map<String, Json> members(String part) throws UnbelievableTokenException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(part)))
              .toString();
      if (Json.parse(text) instanceof Json.Members(Map<String, Json> members)) {
        return members;
      }
    } catch (IllegalArgumentException | CharacterCodingException | MalformedJsonException e) {
      // Said below.
    }
    throw new UnbelievableTokenException("a part of it is not JSON in base64url");
  }

  /** Whether one of these keys has signed it. */
  boolean isSignedBy(List<PublicKey> keys) {
    try {
      byte[] shown = Base64.getUrlDecoder().decode(signature);
      byte[] over = signed.getBytes(US_ASCII);
      return keys.stream().anyMatch(key -> algorithm.verifies(key, over, shown));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** By toString nobody learns it. */
  @Override
  public String toString() {
    return "SignedToken[" + algorithm.word() + "]";
  }
}
