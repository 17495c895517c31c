package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Json;
import dev.holdfast.testkit.IdentityProvider;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is believed of a provider, and what it can do to us. */
@Timeout(120)
final class ProviderTest {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Map<String, Object> HEADER = Map.of("alg", "RS256", "kid", "key-1");

  private IdentityProvider there;
  private Provider provider;

  @BeforeEach
  void start() throws IOException {
    there = new IdentityProvider();
    provider = provider(Optional.empty());
  }

  private Provider provider(Optional<String> secret) {
    return new Provider(settings(there, secret, Map.of()), new ProviderPages(PATIENCE));
  }

  static OidcSettings settings(
      IdentityProvider there, Optional<String> secret, Map<String, List<String>> roles) {
    return new OidcSettings(
        URI.create(there.issuer()),
        IdentityProvider.CLIENT,
        secret,
        OidcSettings.USUAL_NAME_CLAIM,
        Optional.empty(),
        OidcSettings.USUAL_GROUPS_CLAIM,
        roles,
        List.of("openid", "profile"),
        !roles.isEmpty());
  }

  @AfterEach
  void end() {
    provider.close();
    there.close();
  }

  @Test
  void aTokenThatItSignedForUsIsBelieved() throws IOException {
    there.claim(Map.of("preferred_username", "alice"));
    assertThat(confirmed().subject()).isEqualTo("248289761001");
    assertThat(confirmed().text("preferred_username")).contains("alice");
    // Several audiences, and we are the party that it was made for.
    answer(there.token(Map.of("aud", List.of("other", "holdfast"), "azp", "holdfast")));
    assertThat(confirmed().subject()).isEqualTo("248289761001");
  }

  @Test
  void whatItDidNotSignForUsNowIsRefused() throws Exception {
    long now = Instant.now().getEpochSecond();
    refused(there.token(Map.of("iss", "https://elsewhere.example")), "another issuer made it");
    refused(there.token(Map.of("iss", there.issuer() + "/")), "another issuer made it");
    refused(there.token(Map.of("aud", "another")), "it is for somebody else");
    refused(there.token(Map.of("aud", "")), "it is for somebody else");
    refused(there.token(Map.of("aud", List.of("a", "holdfast"))), "it is for somebody else");
    refused(there.token(Map.of("azp", "another")), "it is for somebody else");
    refused(there.token(Map.of("exp", now - 61)), "it has expired, or never does");
    refused(there.token(Map.of("exp", "")), "it has expired, or never does");
    refused(there.token(Map.of("iat", now + 3600)), "it begins in the future");
    refused(there.token(Map.of("nbf", now + 3600)), "it begins in the future");
    refused(there.token(Map.of("nonce", "n")), "it was made for another log-in");
    refused(there.token(Map.of("sub", "")), "it does not say of whom it tells");
    refused(there.token(Map.of("sub", "x".repeat(256))), "it does not say of whom it tells");
    refused(
        there.token(Map.of("alg", "RS256", "kid", "key-1", "crit", List.of("b64")), Map.of()),
        "its header wants something that is not known here");
    refused(there.token(HEADER, Map.of()).replaceAll("\\.[^.]*$", ".AAAA"), "no key of");
    refused(there.token(Map.of("alg", "RS256", "kid", "another"), Map.of()), "no key of");
    refused("a.b", "it is not made of three parts");
    refused("a.b.c", "a part of it is not JSON in base64url");
    refused("x".repeat(SignedToken.MOST_CHARACTERS + 1), "it is longer than 65536 characters");
  }

  @Test
  void neitherNoSignatureNorOneByAKeyThatClientsKnowCounts() throws Exception {
    String why = "it is not signed by RS256, PS256, ES256 or EdDSA";
    refused(there.unsigned(Map.of("alg", "none"), Map.of()) + ".", why);
    refused(there.unsigned(Map.of("alg", "None"), Map.of()) + ".", why);
    refused(there.unsigned(Map.of(), Map.of()) + ".", why);
    refused(there.unsigned(HEADER, Map.of()) + ".", "no key of the provider's has signed it");
    for (byte[] key : List.of(there.publicKey(), "secret".getBytes(UTF_8))) {
      String signed = there.unsigned(Map.of("alg", "HS256", "kid", "key-1"), Map.of());
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "RAW"));
      refused(signed + "." + IdentityProvider.base64(mac.doFinal(signed.getBytes(UTF_8))), why);
    }
  }

  @Test
  void aKeyThatItSignsWithAnewIsFetchedAndTheFormerOneIsForgotten() throws Exception {
    String before = there.token(Map.of());
    assertThat(confirmed()).isNotNull();
    there.changeKeys();
    assertThat(confirmed()).isNotNull();
    refused(before, "no key of the provider's has signed it");
    assertThat(there.requests()).filteredOn(it -> it.startsWith("GET /keys")).hasSize(3);
    answer(there.token(Map.of()));
    assertThat(confirmed()).isNotNull();
    assertThat(there.requests()).filteredOn(it -> it.startsWith("GET /keys")).hasSize(3);
  }

  @Test
  void keysOnCurvesSignAsWell() throws Exception {
    KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
    p256.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair ec = p256.generateKeyPair();
    var point = ((ECPublicKey) ec.getPublic()).getW();
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] der = ((EdECPublicKey) ed.getPublic()).getEncoded();
    there.put(
        "/keys",
        IdentityProvider.json(
            200,
            () ->
                IdentityProvider.object(
                    Map.of(
                        "keys",
                        List.of(
                            Map.of(
                                "kty",
                                "EC",
                                "crv",
                                "P-256",
                                "x",
                                coordinate(point.getAffineX()),
                                "y",
                                coordinate(point.getAffineY())),
                            Map.of(
                                "kty",
                                "OKP",
                                "crv",
                                "Ed25519",
                                "x",
                                IdentityProvider.base64(
                                    Arrays.copyOfRange(der, der.length - 32, der.length))))))));
    answer(signed("ES256", "SHA256withECDSAinP1363Format", ec));
    assertThat(confirmed()).isNotNull();
    answer(signed("EdDSA", "Ed25519", ed));
    assertThat(confirmed()).isNotNull();
    refused(signed("ES256", "Ed25519", ed), "no key of the provider's has signed it");
  }

  private String signed(String word, String algorithm, KeyPair pair) throws Exception {
    String signed = there.unsigned(Map.of("alg", word), Map.of());
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(signed.getBytes(UTF_8));
    return signed + "." + IdentityProvider.base64(signature.sign());
  }

  private static String coordinate(java.math.BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[32];
    for (int i = 0; i < Math.min(32, bytes.length); i++) {
      fixed[31 - i] = bytes[bytes.length - 1 - i];
    }
    return IdentityProvider.base64(fixed);
  }

  @Test
  void keysThatAreTooWeakOrForOtherThingsAreNotUsed() throws Exception {
    for (String wrong :
        List.of(
            "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
            "{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"%s\",\"e\":\"AQAB\"}"
                .formatted("z".repeat(342)),
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
            "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}",
            "{\"kty\":\"RSA\",\"n\":\"!\",\"e\":\"!\"}",
            "7")) {
      SigningKeys keys = SigningKeys.of(Json.parse("{\"keys\":[" + wrong + "]}"));
      for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
        assertThat(keys.candidates(algorithm, Optional.empty())).as(wrong).isEmpty();
      }
    }
  }

  @Test
  void theClientProvesItselfByItsSecretInTheHeaderOrTheForm() throws IOException {
    provider.code();
    assertThat(there.requests().getLast())
        .isEqualTo("POST /device_authorization client_id=holdfast&scope=openid+profile -");
    try (Provider secret = provider(Optional.of("s3:cr et"))) {
      secret.code();
      String basic = Base64.getEncoder().encodeToString("holdfast:s3%3Acr+et".getBytes(UTF_8));
      assertThat(there.requests().getLast()).endsWith(" Basic " + basic);
    }
    discovery("token_endpoint_auth_methods_supported", List.of("client_secret_post"));
    try (Provider secret = provider(Optional.of("s3cret"))) {
      secret.code();
      assertThat(there.requests().getLast()).endsWith("&client_secret=s3cret -");
    }
  }

  @Test
  void neitherALargeAnswerNorNoneNorHalfOneHoldsUsUp() {
    String large = "{\"x\":\"" + "x".repeat(ProviderPages.MOST_BYTES) + "\"}";
    there.put("/device_authorization", IdentityProvider.json(200, () -> large));
    assertThatThrownBy(() -> provider.code()).hasMessageContaining("answers too much");
    there.put("/device_authorization", exchange -> sleepLong());
    assertThatThrownBy(() -> provider.code()).hasMessageContaining("does not answer within");
    there.put(
        "/device_authorization",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          sleepLong();
        });
    assertThatThrownBy(() -> provider.code()).hasMessageContaining("does not answer within");
    there.put("/device_authorization", IdentityProvider.json(200, () -> "<html>"));
    assertThatThrownBy(() -> provider.code()).hasMessageContaining("not in JSON");
  }

  /** Until the server is closed, or the test is over. */
  private static void sleepLong() {
    java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(20).toNanos());
  }

  @Test
  void whereItSendsUsElsewhereWeDoNotGo() {
    there.put(
        "/device_authorization",
        exchange -> {
          exchange.getResponseHeaders().set("Location", there.issuer() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });
    assertThatThrownBy(() -> provider.code()).isInstanceOf(IOException.class);
    assertThat(there.requests()).noneMatch(it -> it.contains("/elsewhere"));
    discovery("device_authorization_endpoint", "http://id.example.com/device");
    assertThatThrownBy(() -> provider(Optional.empty()).code())
        .hasMessage("its answer has no usable 'device_authorization_endpoint'");
    discovery("issuer", "https://elsewhere.example");
    assertThatThrownBy(() -> provider(Optional.empty()).code())
        .hasMessageEndingWith("is not that issuer");
  }

  @Test
  void nothingOfItsGetsIntoATerminalThatDoesNotBelongThere() {
    for (Map<String, Object> odd :
        List.<Map<String, Object>>of(
            Map.of("user_code", "A\\u001b[2J"),
            Map.of("user_code", "A".repeat(513)),
            Map.of("verification_uri", "javascript:alert(1)"),
            Map.of("verification_uri", "https://x\\n.example"))) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("device_code", "d");
      all.put("user_code", "u");
      all.put("verification_uri", "https://id.example.com");
      all.put("expires_in", 1);
      all.putAll(odd);
      there.put(
          "/device_authorization", IdentityProvider.json(200, () -> IdentityProvider.object(all)));
      assertThatThrownBy(() -> provider.code())
          .as("%s", odd)
          .hasMessageStartingWith(
              "its answer has no usable 'user_code'"
                  .replace("user_code", odd.keySet().iterator().next()));
    }
  }

  @Test
  void anIssuerIsReachedByTlsOrOnThisMachine() {
    assertThat(OidcSettings.checkedIssuer("https://id.example.com/realms/staff")).isNotNull();
    assertThat(OidcSettings.checkedIssuer("http://[::1]:8080")).isNotNull();
    for (String wrong :
        List.of(
            "http://id.example.com",
            "https://",
            "id.example.com",
            "https://me:secret@id.example.com",
            "https://id.example.com/?a=b",
            "https://id.example.com/#a",
            "http://127.0.0.1.example.com",
            "a b")) {
      assertThatThrownBy(() -> OidcSettings.checkedIssuer(wrong))
          .as(wrong)
          .isInstanceOf(InvalidRecordException.class);
    }
  }

  private void discovery(String name, Object value) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("issuer", there.issuer());
    all.put("device_authorization_endpoint", there.issuer() + "/device_authorization");
    all.put("token_endpoint", there.issuer() + "/token");
    all.put("jwks_uri", there.issuer() + "/keys");
    all.put(name, value);
    there.put(
        "/.well-known/openid-configuration",
        IdentityProvider.json(200, () -> IdentityProvider.object(all)));
  }

  private void answer(String token) {
    there.put(
        "/token",
        IdentityProvider.json(200, () -> IdentityProvider.object(Map.of("id_token", token))));
  }

  private IdToken confirmed() throws IOException {
    assertThat(provider.progress(provider.code())).isInstanceOf(Provider.Progress.Confirmed.class);
    return ((Provider.Progress.Confirmed) provider.progress(provider.code())).by();
  }

  private void refused(String token, String why) throws IOException {
    Provider.Code code = provider.code();
    answer(token);
    assertThatThrownBy(() -> provider.progress(code))
        .isInstanceOf(UnbelievableTokenException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("eyJ");
  }
}
