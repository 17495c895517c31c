package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The identity provider by which users may log in, and what is believed of what it says.
 *
 * @param issuer the provider's URL, exactly as its tokens name it
 * @param clientId what the cluster is called there
 * @param clientSecret what the cluster proves itself by there; none for a public client
 * @param nameClaim the claim that has the user's name
 * @param domain that names end with at the provider and not here; empty if none
 * @param groupsClaim the claim that has the user's groups
 * @param roles the roles of each group; {@link #EVERYBODY} has those of all
 * @param scopes what is asked for
 * @param createUsers whether users are made at their first log-in
 */
public record OidcSettings(
    URI issuer,
    String clientId,
    Optional<String> clientSecret,
    String nameClaim,
    Optional<String> domain,
    String groupsClaim,
    Map<String, List<String>> roles,
    List<String> scopes,
    boolean createUsers) {
  /** The group that everybody is in. */
  public static final String EVERYBODY = "*";

  /** The scope without which there is no ID token (OpenID Connect Core 3.1.2.1). */
  public static final String OPENID = "openid";

  public static final String USUAL_NAME_CLAIM = "preferred_username";
  public static final String USUAL_GROUPS_CLAIM = "groups";

  /** Characters of each text. */
  static final int MOST_CHARACTERS = 1_024;

  /** Groups that have roles. */
  static final int MOST_GROUPS = 1_000;

  public OidcSettings {
    checkedIssuer(issuer.toString());
    Map<String, List<String>> copy = new LinkedHashMap<>();
    roles.forEach((group, names) -> copy.put(group, List.copyOf(names)));
    roles = copy;
    scopes = List.copyOf(scopes);
    domain = domain.map(it -> it.toLowerCase(Locale.ROOT));
    check(roles.size() <= MOST_GROUPS, "more than " + MOST_GROUPS + " groups have roles");
    check(scopes.contains(OPENID), "the scopes must have 'openid' among them");
    check(
        !createUsers || !roles.isEmpty(),
        "users that are made at their first log-in need roles: say which under 'roles'");
    List<String> texts = new ArrayList<>(scopes);
    texts.add(clientId);
    texts.add(nameClaim);
    texts.add(groupsClaim);
    clientSecret.ifPresent(texts::add);
    for (String text : texts) {
      check(isText(text), "a text is empty, too long, or has odd characters");
    }
  }

  private static void check(boolean holds, String sentence) {
    if (!holds) {
      throw new InvalidRecordException(sentence);
    }
  }

  /** Whether it may be a name, a scope or a secret. */
  public static boolean isText(String text) {
    return !text.isBlank() && text.length() <= MOST_CHARACTERS && text.matches("[ -~]+");
  }

  /** The same with a secret. */
  public OidcSettings withSecret(String secret) {
    return new OidcSettings(
        issuer,
        clientId,
        Optional.of(secret),
        nameClaim,
        domain,
        groupsClaim,
        roles,
        scopes,
        createUsers);
  }

  /** The URL of an issuer. */
  public static URI checkedIssuer(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidRecordException("'%s' is not a URL".formatted(text));
    }
    check(
        isSafe(uri) && uri.getRawQuery() == null && text.length() <= MOST_CHARACTERS,
        "'%s' is not a URL such as https://id.example.com/realms/staff".formatted(text));
    return uri;
  }

  /** Whether what goes there is read by nobody else: TLS, or this machine itself. */
  static boolean isSafe(URI uri) {
    return uri.getHost() != null
        && uri.getRawFragment() == null
        && uri.getRawUserInfo() == null
        && ("https".equals(uri.getScheme())
            || ("http".equals(uri.getScheme()) && isLoopback(uri.getHost())));
  }

  private static boolean isLoopback(String host) {
    String bare = host.replaceAll("[\\[\\]]", "");
    try {
      return bare.equals("localhost") || InetAddress.ofLiteral(bare).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** All roles that the provider gives and takes. */
  Set<String> governed() {
    return Set.copyOf(roles.values().stream().flatMap(List::stream).toList());
  }

  /** By toString nobody learns the secret. */
  @Override
  public String toString() {
    return "OidcSettings[issuer=" + issuer + ", clientId=" + clientId + "]";
  }
}
