package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the commands of a cluster read and write beside the network. */
final class ClusterCommandsTest {
  @TempDir private Path directory;
  private final Problems problems = new Problems();

  @Test
  void aFileWithAnAuthServiceAloneServesNoNode() throws IOException {
    ServeConfiguration it = read("auth:\n  cluster: demo\n  listen: 127.0.0.1:7\n");
    assertThat(problems.lines()).isEmpty();
    assertThat(it.servesNode()).isFalse();
    AuthConfiguration auth = Objects.requireNonNull(it.auth());
    assertThat(auth.listen()).singleElement().matches(at -> at.getPort() == 7);
    assertThat(auth.store()).isEqualTo("sqlite:" + auth.state().resolve("cluster.db"));
    assertThat(read("auth: {}\nnode: {}\n").servesNode()).isTrue();
    assertThat(read("").auth()).isNull();
  }

  @Test
  void whatIsWrongInItHasItsPlaceAndThePasswordOfTheStoreIsNeverShown() throws IOException {
    read("auth:\n  cluster: Demo!\n  colour: red\n");
    assertThat(problems.lines())
        .anyMatch(line -> line.contains("serve.yaml:2:12: cluster: 'Demo!' is not a name"))
        .anyMatch(line -> line.contains("serve.yaml:3:3: there is no key 'colour'"));
    ServeConfiguration it = read("auth:\n  store: 'postgresql://h/d?user=u&password=secret'\n");
    assertThat(it.text() + it).contains("postgresql:...").doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "h, h, 2225, h:2225",
    "h:7, h, 7, h:7",
    "[::1]:7, ::1, 7, [::1]:7",
    "::1, ::1, 2225, [::1]:2225",
    "[::1], ::1, 2225, [::1]:2225"
  })
  void anAddressOfAServiceIsReadAsItIsWritten(String text, String host, int port, String again) {
    AuthAddress address = new AuthAddress(text);
    assertThat(address).isEqualTo(new AuthAddress(host, port));
    assertThat(address.toString()).isEqualTo(again);
    assertThatThrownBy(() -> new AuthAddress("h:0")).hasMessageContaining("HOST[:PORT]");
  }

  @Test
  void aProfileIsFoundAgainUntilItIsRemoved() throws IOException {
    Profiles profiles = new Profiles(directory.resolve("profiles"));
    assertThatThrownBy(() -> profiles.find(null))
        .hasMessage("You are not logged in to a cluster; see 'holdfast login --help'.");
    Profile one = profile("one");
    Profile two = profile("two");
    profiles.write(one);
    profiles.write(two);
    assertThat(profiles.find(null)).isEqualTo(two);
    assertThat(profiles.find("one")).isEqualTo(one);
    assertThat(profiles.all()).containsExactly(one, two);
    Path known = profiles.files("one").knownHosts();
    assertThat(Files.readString(known))
        .isEqualTo("@cert-authority *.one ssh-ed25519 AAAA holdfast-one\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(known)))
        .isEqualTo("rw-------");
    profiles.remove(two);
    assertThat(profiles.find(null)).isEqualTo(one);
    assertThatThrownBy(() -> profiles.find("two"))
        .hasMessage("You are not logged in to two; see 'holdfast login --help'.");
    assertThatThrownBy(() -> profiles.find("../x"))
        .hasMessage("'../x' is not the name of a cluster.");
  }

  @Test
  void yamlThatIsWrittenReadsAsTheSame() throws Exception {
    Json json =
        Json.parse(
            "{\"name\":\"a\",\"yes\":\"no\",\"list\":[\"x\",{\"k\":1}],\"none\":[],\"t\":\"a:"
                + " b\"}");
    assertThat(YamlText.of(List.of(json)))
        .isEqualTo(
            """
            ---
            name: a
            "yes": "no"
            list:
              - x
              -
                k: 1
            none: []
            t: "a: b"
            """);
  }

  private static Profile profile(String cluster) {
    Authority host =
        new Authority(Authority.Kind.HOST, Authority.State.CURRENT, "ssh-ed25519 AAAA", "SHA256:x");
    return new Profile(
        cluster,
        "alice",
        "h:1",
        List.of(host),
        List.of("root"),
        Instant.parse("2026-01-01T00:00:00Z"));
  }

  private ServeConfiguration read(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("serve.yaml"), text);
    ServeOptions options = new ServeOptions();
    Main.sharing(new CommandLine(options)).parseArgs();
    options.config = file;
    return ServeConfiguration.read(options, problems);
  }
}
