package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.Names;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An identity provider: where it is told to be found (OpenID Connect Discovery 4), codes that
 * people confirm there (RFC 8628), and tokens that say who confirmed (OpenID Connect Core 2).
 * Thread-safe.
 */
final class Provider implements AutoCloseable {
  /** How long its addresses and keys are remembered. */
  static final Duration REMEMBERED = Duration.ofHours(1);

  /** Characters of what people are shown. */
  static final int MOST_SHOWN = 512;

  static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);
  private static final int MOST_SECONDS = 3_600;
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  private final OidcSettings settings;
  private final ProviderPages pages;
  private volatile @Nullable Places places;
  private volatile @Nullable Signers signers;

  Provider(OidcSettings settings, ProviderPages pages) {
    this.settings = settings;
    this.pages = pages;
  }

  /** Its endpoints. */
  private record Places(URI device, URI token, URI keys, boolean secretInForm, long readNanos) {}

  private record Signers(SigningKeys keys, long readNanos) {}

  /**
   * A code that somebody is to confirm (RFC 8628 3.2).
   *
   * @param complete the URI that has the code in it, if there is one
   */
  record Code(
      String device,
      String user,
      String uri,
      Optional<String> complete,
      Duration expires,
      Duration interval) {
    /** By toString nobody learns what the device's code is. */
    @Override
    public String toString() {
      return "Code[uri=" + uri + "]";
    }
  }

  /** What has become of a code (RFC 8628 3.5). */
  sealed interface Progress {
    /** Nobody has confirmed it yet. */
    record Pending() implements Progress {}

    /** The same, and we ask too often. */
    record SlowDown() implements Progress {}

    /** Somebody said no. */
    record Denied() implements Progress {}

    /** It was not confirmed in time. */
    record Expired() implements Progress {}

    /** This person confirmed it. */
    record Confirmed(IdToken by) implements Progress {}
  }

  Code code() throws IOException {
    Places at = places();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("client_id", settings.clientId());
    form.put("scope", String.join(" ", settings.scopes()));
    ProviderPages.Page page = send(at, at.device, form);
    if (!page.isGood()) {
      throw new IOException("it gives no code: " + error(page));
    }
    Map<String, Json> members = page.members();
    return new Code(
        text(members, "device_code").orElseThrow(() -> lacks("device_code")),
        shown(members, "user_code").orElseThrow(() -> lacks("user_code")),
        uri(members, "verification_uri").orElseThrow(() -> lacks("verification_uri")).toString(),
        uri(members, "verification_uri_complete").map(URI::toString),
        seconds(members, "expires_in").orElseThrow(() -> lacks("expires_in")),
        seconds(members, "interval").orElse(USUAL_INTERVAL));
  }

  Progress progress(Code code) throws IOException {
    Places at = places();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", GRANT);
    form.put("device_code", code.device);
    form.put("client_id", settings.clientId());
    ProviderPages.Page page = send(at, at.token, form);
    if (page.isGood()) {
      String token = text(page.members(), "id_token").orElseThrow(() -> lacks("id_token"));
      return new Progress.Confirmed(believed(token));
    }
    return switch (error(page)) {
      case "authorization_pending" -> new Progress.Pending();
      case "slow_down" -> new Progress.SlowDown();
      case "access_denied" -> new Progress.Denied();
      case "expired_token" -> new Progress.Expired();
      default -> throw new IOException("it gives no token: " + error(page));
    };
  }

  /** RFC 6749 2.3.1. */
  private ProviderPages.Page send(Places at, URI to, Map<String, String> form) throws IOException {
    Optional<String> secret = settings.clientSecret();
    if (secret.isEmpty()) {
      return pages.post(to, form, Map.of());
    }
    if (at.secretInForm) {
      form.put("client_secret", secret.get());
      return pages.post(to, form, Map.of());
    }
    String both =
        ProviderPages.encoded(settings.clientId()) + ":" + ProviderPages.encoded(secret.get());
    String basic = Base64.getEncoder().encodeToString(both.getBytes(UTF_8));
    return pages.post(to, form, Map.of("Authorization", "Basic " + basic));
  }

  // ---- tokens ----

  private IdToken believed(String text) throws IOException {
    SignedToken token = SignedToken.parse(text);
    if (!token.isSignedBy(signers(token))) {
      throw new UnbelievableTokenException("no key of the provider's has signed it");
    }
    return IdToken.of(token, settings.issuer().toString(), settings.clientId(), Instant.now());
  }

  /** The keys are read again where there is none: the provider may have changed them. */
  private List<PublicKey> signers(SignedToken token) throws IOException {
    Signers known = signers;
    if (known != null && isFresh(known.readNanos)) {
      List<PublicKey> found = known.keys.candidates(token.algorithm(), token.keyId());
      if (token.keyId().isPresent() ? !found.isEmpty() : token.isSignedBy(found)) {
        return found;
      }
    }
    ProviderPages.Page page = pages.get(places().keys);
    if (!page.isGood()) {
      throw new IOException("it gives no keys: status " + page.status());
    }
    SigningKeys read = SigningKeys.of(new Json.Members(page.members()));
    signers = new Signers(read, System.nanoTime());
    return read.candidates(token.algorithm(), token.keyId());
  }

  // ---- where it is ----

  private Places places() throws IOException {
    Places known = places;
    if (known != null && isFresh(known.readNanos)) {
      return known;
    }
    String issuer = settings.issuer().toString();
    ProviderPages.Page page =
        pages.get(URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration"));
    Map<String, Json> members = page.members();
    if (!page.isGood() || !text(members, "issuer").equals(Optional.of(issuer))) {
      throw new IOException("what is found at %s is not that issuer".formatted(issuer));
    }
    Places read =
        new Places(
            uri(members, "device_authorization_endpoint")
                .orElseThrow(() -> lacks("device_authorization_endpoint")),
            uri(members, "token_endpoint").orElseThrow(() -> lacks("token_endpoint")),
            uri(members, "jwks_uri").orElseThrow(() -> lacks("jwks_uri")),
            isSecretInForm(members),
            System.nanoTime());
    places = read;
    return read;
  }

  private static boolean isSecretInForm(Map<String, Json> members) {
    return members.get("token_endpoint_auth_methods_supported")
            instanceof Json.Items(List<Json> methods)
        && !methods.contains(Json.of("client_secret_basic"));
  }

  private static boolean isFresh(long readNanos) {
    return System.nanoTime() - readNanos < REMEMBERED.toNanos();
  }

  // ---- members ----

  private static IOException lacks(String name) {
    return new IOException("its answer has no usable '" + name + "'");
  }

  private static String error(ProviderPages.Page page) {
    return Names.printable(text(page.members(), "error").orElse("status " + page.status()));
  }

  private static Optional<String> text(Map<String, Json> members, String name) {
    return members.get(name) instanceof Json.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** What may stand in a terminal. */
  private static Optional<String> shown(Map<String, Json> members, String name) {
    return text(members, name)
        .filter(it -> it.length() <= MOST_SHOWN && it.matches("[!-~]+( [!-~]+)*"));
  }

  private static Optional<URI> uri(Map<String, Json> members, String name) {
    return shown(members, name)
        .flatMap(text -> {
          try {
            return Optional.of(URI.create(text));
          } catch (IllegalArgumentException e) {
            return Optional.empty();
          }
        })
        .filter(OidcSettings::isSafe);
  }

  private static Optional<Duration> seconds(Map<String, Json> members, String name) {
    return members.get(name) instanceof Json.Numeral(BigDecimal value) && value.signum() > 0
        ? Optional.of(Duration.ofSeconds(value.min(BigDecimal.valueOf(MOST_SECONDS)).longValue()))
        : Optional.empty();
  }

  @Override
  public void close() {
    pages.close();
  }
}
