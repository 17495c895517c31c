package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where identities come from. */
final class IdentitiesTest {
  @ParameterizedTest
  @CsvSource({
    "IdentityAgent none, ''",
    "IdentityAgent SSH_AUTH_SOCK, /run/a",
    "IdentityAgent $OTHER, /run/b",
    "IdentityAgent ${OTHER}, /run/b",
    "IdentityAgent /run/%r, /run/me",
    "User me, /run/a",
  })
  void theConfigurationSaysWhereTheAgentIs(String line, String path) throws Exception {
    Surroundings real = Surroundings.ofProcess();
    Surroundings here =
        new Surroundings(
            "me",
            real.uid(),
            real.home(),
            "laptop",
            Map.of("SSH_AUTH_SOCK", "/run/a", "OTHER", "/run/b"),
            real.systemConfig(),
            real.outside());
    ClientConfig config =
        ClientConfig.read(new ConfigQuery("host", List.of(line), Optional.of("none"), ""), here);
    assertThat(Identities.agentPath(config))
        .isEqualTo(path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path)));
  }
}
