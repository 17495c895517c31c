package dev.holdfast.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * An identity provider on a free port of 127.0.0.1: discovery, keys, and the device flow (RFC
 * 8628), with tokens that it signs. What it says can be made wrong. Thread-safe.
 */
public final class IdentityProvider implements AutoCloseable {
  /** What a code at it looks like. */
  public static final String USER_CODE = "WDJB-MJHT";

  /** Whom its tokens are for. */
  public static final String CLIENT = "holdfast";

  private final HttpServer server;
  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger keysMade = new AtomicInteger();
  private volatile Signer signer;
  private volatile Map<String, Object> claims = Map.of();
  private volatile boolean confirmed = true;

  /** Answers in its own way. */
  @FunctionalInterface
  public interface Page {
    void answer(HttpExchange exchange) throws IOException;
  }

  private record Signer(String id, KeyPair pair) {}

  public IdentityProvider() throws IOException {
    signer = newSigner();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    pages.put("/.well-known/openid-configuration", json(200, this::discovery));
    pages.put("/keys", json(200, this::keys));
    pages.put("/device_authorization", json(200, this::code));
    pages.put("/token", this::token);
  }

  /** Its URL, which its tokens name. */
  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The page at {@code path} is another one. */
  public void put(String path, Page page) {
    pages.put(path, page);
  }

  /** A page of JSON. */
  public static Page json(int status, java.util.function.Supplier<String> text) {
    return exchange -> {
      byte[] body = text.get().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    };
  }

  /** Answers these errors to the next questions for a token. */
  public void answerFirst(String... next) {
    errors.addAll(List.of(next));
  }

  /** Whether the person has confirmed the code. */
  public void confirm(boolean yes) {
    confirmed = yes;
  }

  /** What tokens say besides what they must. */
  public void claim(Map<String, Object> more) {
    claims = new LinkedHashMap<>(more);
  }

  /** Signs with another key from now on; the former is gone. */
  public void changeKeys() {
    signer = newSigner();
  }

  /** Every request: method, path, body, and how the client proved itself. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  // ---- pages ----

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      requests.add(
          "%s %s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  path,
                  body,
                  Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                      .orElse("-")));
      Page page = pages.get(path);
      if (page == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        page.answer(exchange);
      }
    }
  }

  private String discovery() {
    return object(
        Map.of(
            "issuer", issuer(),
            "device_authorization_endpoint", issuer() + "/device_authorization",
            "token_endpoint", issuer() + "/token",
            "jwks_uri", issuer() + "/keys"));
  }

  private String code() {
    return object(
        Map.of(
            "device_code",
            "the-device-code",
            "user_code",
            USER_CODE,
            "verification_uri",
            issuer() + "/device",
            "expires_in",
            600,
            "interval",
            1));
  }

  private void token(HttpExchange exchange) throws IOException {
    String error = errors.poll();
    if (error == null && !confirmed) {
      error = "authorization_pending";
    }
    if (error == null) {
      json(
              200,
              () -> object(Map.of("id_token", token(Map.of()), "access_token", "an-access-token")))
          .answer(exchange);
    } else {
      String said = error;
      json(400, () -> object(Map.of("error", said))).answer(exchange);
    }
  }

  // ---- tokens ----

  /** A token with these claims in place of the right ones; those that are empty lack. */
  public String token(Map<String, Object> other) {
    return token(Map.of("alg", "RS256", "kid", signer.id), other);
  }

  /** The same with a header of one's own. */
  public String token(Map<String, Object> header, Map<String, Object> other) {
    String signed = unsigned(header, other);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(signer.pair.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Header and claims of a token, without a signature. */
  public String unsigned(Map<String, Object> header, Map<String, Object> other) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("iss", issuer());
    all.put("aud", CLIENT);
    all.put("sub", "248289761001");
    all.put("iat", now);
    all.put("exp", now + 300);
    all.putAll(claims);
    all.putAll(other);
    all.values().removeIf(""::equals);
    return base64(object(header).getBytes(UTF_8)) + "." + base64(object(all).getBytes(UTF_8));
  }

  private String keys() {
    RSAPublicKey key = (RSAPublicKey) signer.pair.getPublic();
    return object(
        Map.of(
            "keys",
            List.of(
                Map.of("kty", "oct", "k", "c2VjcmV0", "kid", "unusable"),
                Map.of(
                    "kty",
                    "RSA",
                    "use",
                    "sig",
                    "alg",
                    "RS256",
                    "kid",
                    signer.id,
                    "n",
                    base64(bytes(key.getModulus())),
                    "e",
                    base64(bytes(key.getPublicExponent()))))));
  }

  /** The public key as clients know it, for a forger. */
  public byte[] publicKey() {
    return signer.pair.getPublic().getEncoded();
  }

  private Signer newSigner() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return new Signer("key-" + keysMade.incrementAndGet(), generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** Base64url without padding. */
  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** An object of JSON, of values that need no escapes. */
  public static String object(Map<String, ?> members) {
    List<String> parts = new ArrayList<>();
    members.forEach((name, value) -> parts.add("\"" + name + "\":" + text(value)));
    return "{" + String.join(",", parts) + "}";
  }

  private static String text(Object value) {
    return switch (value) {
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      case List<?> list ->
          list.stream().map(IdentityProvider::text).collect(Collectors.joining(",", "[", "]"));
      case Map<?, ?> map -> {
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((name, each) -> named.put(name.toString(), each));
        yield object(named);
      }
      default -> "\"" + value + "\"";
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
