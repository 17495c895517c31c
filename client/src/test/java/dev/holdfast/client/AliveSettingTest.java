package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written into a user's configuration. */
final class AliveSettingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "User ada\n",
        "# mine\nHost *\n  ServerAliveInterval 300\n  User ada\n",
        "Compression no\nHost other\n  User bob\nHost *\n User ada"
      })
  void theValueCountsForTheHostAndNothingElseChanges(String before) throws Exception {
    Path file = Files.writeString(directory.resolve("config"), before);
    Object userBefore = config(file, "target").get(ClientOptions.USER);
    Object otherBefore = config(file, "else").get(ClientOptions.SERVER_ALIVE_INTERVAL);
    AliveSetting setting = new AliveSetting(file);
    setting.write("target", Duration.ofSeconds(20));
    setting.write("target", Duration.ofSeconds(30));
    ClientConfig after = config(file, "target");
    assertThat(after.get(ClientOptions.SERVER_ALIVE_INTERVAL)).isEqualTo(Duration.ofSeconds(30));
    assertThat(after.get(ClientOptions.USER)).isEqualTo(userBefore);
    assertThat(config(file, "else").get(ClientOptions.SERVER_ALIVE_INTERVAL))
        .isEqualTo(otherBefore);
    assertThat(Files.readString(file)).containsOnlyOnce("Host target");
  }

  @Test
  void forAllItCountsWhereNothingElseIsSaid() throws Exception {
    Path file = directory.resolve("new/config");
    new AliveSetting(file).write("*", Duration.ofSeconds(60));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.writeString(file, "Host other\n  ServerAliveInterval 7");
    new AliveSetting(file).write("*", Duration.ofSeconds(60));
    new AliveSetting(file).write("*", Duration.ofSeconds(50));
    assertThat(config(file, "any").get(ClientOptions.SERVER_ALIVE_INTERVAL))
        .isEqualTo(Duration.ofSeconds(50));
    assertThat(config(file, "other").get(ClientOptions.SERVER_ALIVE_INTERVAL))
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aLinkedFileStaysOneAndKeepsItsPermissions() throws Exception {
    Path real = Files.writeString(directory.resolve("real"), "User ada\n");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r--r--"));
    Path link = Files.createSymbolicLink(directory.resolve("config"), real);
    new AliveSetting(link).write("target", Duration.ofSeconds(9));
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(real)).startsWith("Host target\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void aNameThatWouldBeAnotherLineIsRefused() {
    AliveSetting setting = new AliveSetting(directory.resolve("config"));
    assertThatThrownBy(() -> setting.write("a\nUser root", Duration.ofSeconds(9)))
        .isInstanceOf(IOException.class);
  }

  private static ClientConfig config(Path file, String host) throws Exception {
    return ClientConfig.read(
        new ConfigQuery(host, List.of(), Optional.of(file.toString()), ""),
        Surroundings.ofProcess());
  }
}
