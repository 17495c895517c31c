package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.auth.OidcSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The identity provider in the configuration. */
final class OidcSectionTest {
  @TempDir Path directory;
  private Problems problems = new Problems();

  @Test
  void allOfItIsReadAndWrittenAsItCountsButForTheSecret() throws IOException {
    Path secret = secret("rw-------");
    ServeConfiguration it =
        read(
            """
            auth:
              oidc:
                issuer: https://id.example.com/realms/staff
                client-id: holdfast
                client-secret-file: %s
                name-claim: email
                domain: Example.com
                scopes: [openid, email]
                create-users: yes
                roles:
                  '*': access
                  platform: [admin, access]
            """
                .formatted(secret));
    assertThat(problems.lines()).isEmpty();
    assertThat(it.text())
        .contains("issuer: 'https://id.example.com/realms/staff'")
        .contains("roles: {'*': [access], platform: [admin, access]}")
        .contains("name-claim: email, domain: example.com, groups-claim: groups")
        .doesNotContain("s3cret");
    assertThat(read(it.text()).text()).isEqualTo(it.text());
    OidcSettings settings = settings(it);
    assertThat(settings.clientSecret()).contains("s3cret");
    assertThat(settings).asString().doesNotContain("s3cret");
  }

  @Test
  void aSecretThatOthersMayReadIsRefused() throws IOException {
    Path secret = secret("rw-r--r--");
    ServeConfiguration it =
        read(
            """
            auth:
              oidc: {issuer: 'https://id.example.com', client-id: holdfast, client-secret-file: %s}
            """
                .formatted(secret));
    assertThatThrownBy(() -> settings(it))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The file %s has a secret in it and may be read by others: chmod 600 %s"
                .formatted(secret, secret));
    Files.writeString(secret("rw-------"), " \n");
    assertThatThrownBy(() -> settings(it)).hasMessageContaining("is empty");
    Files.delete(secret);
    assertThatThrownBy(() -> settings(it)).hasMessageContaining("can't be read");
  }

  @Test
  void whatCantBeIsSaidWithItsPlace() throws IOException {
    wrong("{client-id: holdfast}", "it needs 'issuer' and 'client-id'");
    wrong("{issuer: 'http://id.example.com', client-id: a}", "is not a URL such as https://");
    wrong(
        "{issuer: 'https://id.example.com', client-id: a, create-users: yes}",
        "users that are made at their first log-in need roles");
    wrong(
        "{issuer: 'https://id.example.com', client-id: a, scopes: email}",
        "the scopes must have 'openid' among them");
    wrong(
        "{issuer: 'https://id.example.com', client-id: a, create-users: maybe}",
        "'maybe' is neither yes nor no");
    wrong(
        "{issuer: 'https://id.example.com', client-id: a, tenant: b}",
        "there is no key 'tenant' in the section 'oidc'");
  }

  private void wrong(String section, String sentence) throws IOException {
    problems = new Problems();
    read("auth:\n  oidc: " + section + "\n");
    assertThat(problems.lines())
        .anyMatch(line -> line.contains("serve.yaml:2:") && line.contains(sentence));
  }

  private static OidcSettings settings(ServeConfiguration it) throws IOException {
    AuthConfiguration auth = Objects.requireNonNull(it.auth());
    return Objects.requireNonNull(auth.oidc()).settings();
  }

  private Path secret(String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "s3cret\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private ServeConfiguration read(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("serve.yaml"), text);
    ServeOptions options = new ServeOptions();
    Main.sharing(new CommandLine(options)).parseArgs();
    options.config = file;
    return ServeConfiguration.read(options, problems);
  }
}
