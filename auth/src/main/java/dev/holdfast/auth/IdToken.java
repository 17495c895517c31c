package dev.holdfast.auth;

import dev.holdfast.access.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider says of somebody, once it can be believed (OpenID Connect Core 3.1.3.7).
 *
 * @param subject who he is for the provider, for ever
 * @param claims all of it
 */
record IdToken(String subject, Map<String, Json> claims) {
  /** Characters of a subject (OpenID Connect Core 2). */
  static final int MOST_SUBJECT = 255;

  /** By how much the provider's clock and ours may differ. */
  static final Duration SKEW = Duration.ofMinutes(1);

  /** Values of a claim that has several; what is beyond them is not looked at. */
  static final int MOST_VALUES = 1_000;

  /**
   * Checks what the token claims; its signature was checked before.
   *
   * @param issuer that it must be of
   * @param client that it must be for
   */
  static IdToken of(SignedToken token, String issuer, String client, Instant now)
      throws UnbelievableTokenException {
    Map<String, Json> claims = token.claims();
    refuseUnless(
        claims.get("iss") instanceof Json.Text(String iss) && iss.equals(issuer),
        "another issuer made it");
    refuseUnless(isFor(claims, client), "it is for somebody else");
    refuseUnless(
        time(claims, "exp").filter(end -> now.isBefore(end.plus(SKEW))).isPresent(),
        "it has expired, or never does");
    for (String begin : List.of("iat", "nbf")) {
      refuseUnless(
          !claims.containsKey(begin)
              || time(claims, begin).filter(it -> !it.isAfter(now.plus(SKEW))).isPresent(),
          "it begins in the future");
    }
    // The device flow has no nonce (RFC 8628): one with it was made for another log-in.
    refuseUnless(!claims.containsKey("nonce"), "it was made for another log-in");
    if (claims.get("sub") instanceof Json.Text(String subject)
        && subject.length() <= MOST_SUBJECT
        && subject.matches("[ -~]+")) {
      return new IdToken(subject, claims);
    }
    throw new UnbelievableTokenException("it does not say of whom it tells");
  }

  /** One audience, or several with us as the party that it was made for. */
  private static boolean isFor(Map<String, Json> claims, String client) {
    Json party = claims.get("azp");
    if (party != null && !party.equals(Json.of(client))) {
      return false;
    }
    return switch (claims.getOrDefault("aud", new Json.Null())) {
      case Json.Text(String one) -> one.equals(client);
      case Json.Items(List<Json> several) ->
          several.contains(Json.of(client)) && (several.size() == 1 || party != null);
      default -> false;
    };
  }

  private static Optional<Instant> time(Map<String, Json> claims, String name) {
    if (claims.get(name) instanceof Json.Numeral(BigDecimal seconds)
        && seconds.signum() > 0
        && seconds.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE * 2L)) < 0) {
      return Optional.of(Instant.ofEpochSecond(seconds.longValue()));
    }
    return Optional.empty();
  }

  private static void refuseUnless(boolean holds, String why) throws UnbelievableTokenException {
    if (!holds) {
      throw new UnbelievableTokenException(why);
    }
  }

  /** A claim that is a text. */
  Optional<String> text(String name) {
    return claims.get(name) instanceof Json.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** Whether a claim is true. */
  boolean isTrue(String name) {
    return Json.of(true).equals(claims.get(name)) || Json.of("true").equals(claims.get(name));
  }

  /** The texts of a claim, one or several. */
  List<String> texts(String name) {
    return switch (claims.getOrDefault(name, new Json.Null())) {
      case Json.Text(String one) -> List.of(one);
      case Json.Items(List<Json> several) ->
          several.stream()
              .limit(MOST_VALUES)
              .<String>mapMulti((each, texts) -> {
                if (each instanceof Json.Text(String text)) {
                  texts.accept(text);
                }
              })
              .toList();
      default -> List.of();
    };
  }
}
