package dev.holdfast.cli;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.auth.OidcSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * The section {@code oidc} in {@code auth}: the identity provider by which users may log in.
 *
 * @param secretFile has the client's secret; none for a public client
 * @param usual the settings without it
 */
record OidcSection(Optional<Path> secretFile, OidcSettings usual) {
  /**
   * Reads the section; what is wrong is noted.
   *
   * @param auth in which it is
   * @return null if it makes no provider
   */
  static @Nullable OidcSection read(Section auth, Section section) {
    Optional<URI> issuer = section.value("issuer", OidcSection::issuer);
    Optional<String> client = section.value("client-id", text -> text);
    Optional<Path> secret = section.value("client-secret-file", Path::of);
    String name = section.value("name-claim", text -> text, OidcSettings.USUAL_NAME_CLAIM);
    Optional<String> domain = section.value("domain", text -> text);
    String groups = section.value("groups-claim", text -> text, OidcSettings.USUAL_GROUPS_CLAIM);
    List<String> scopes =
        section.list("scopes", text -> text, List.of(OidcSettings.OPENID, "profile"));
    boolean create = section.value("create-users", OidcSection::isYes, false);
    Map<String, List<String>> roles = roles(section.section("roles"));
    section.end();
    if (issuer.isEmpty() || client.isEmpty()) {
      auth.wrong("oidc", "it needs 'issuer' and 'client-id'");
      return null;
    }
    try {
      return new OidcSection(
          secret,
          new OidcSettings(
              issuer.get(),
              client.get(),
              Optional.empty(),
              name,
              domain,
              groups,
              roles,
              scopes,
              create));
    } catch (InvalidRecordException e) {
      auth.wrong("oidc", e.sentence());
      return null;
    }
  }

  private static Map<String, List<String>> roles(Section section) {
    Map<String, List<String>> roles = new LinkedHashMap<>();
    for (String group : section.keys()) {
      roles.put(group, section.list(group, text -> text, List.of()));
    }
    return roles;
  }

  private static URI issuer(String text) {
    try {
      return OidcSettings.checkedIssuer(text);
    } catch (InvalidRecordException e) {
      throw new TypeConversionException(e.sentence());
    }
  }

  private static boolean isYes(String word) {
    return switch (word) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> throw new TypeConversionException("'" + word + "' is neither yes nor no");
    };
  }

  /** With the secret, as its file has it now. */
  OidcSettings settings() throws IOException {
    return secretFile.isEmpty() ? usual : usual.withSecret(secret(secretFile.get()));
  }

  private static String secret(Path file) throws IOException {
    String secret = SecretFile.read(file, "client-secret-file");
    if (!OidcSettings.isText(secret)) {
      throw new IOException("The file %s is empty, or has more than a secret.".formatted(file));
    }
    return secret;
  }

  /** The settings that count, as they would be written. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("issuer", usual.issuer());
    all.put("client-id", usual.clientId());
    secretFile.ifPresent(file -> all.put("client-secret-file", file));
    all.put("name-claim", usual.nameClaim());
    usual.domain().ifPresent(domain -> all.put("domain", domain));
    all.put("groups-claim", usual.groupsClaim());
    all.put("scopes", usual.scopes());
    all.put("create-users", usual.createUsers() ? "yes" : "no");
    if (!usual.roles().isEmpty()) {
      all.put("roles", usual.roles());
    }
    return all;
  }
}
