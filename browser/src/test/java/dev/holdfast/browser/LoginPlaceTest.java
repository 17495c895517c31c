package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginPlaceTest {
  @TempDir private Path home;

  private LoginPlace place(String login) throws IOException {
    return LoginPlace.of(login, Map.of(), home);
  }

  @Test
  void isTheSameEveryTimeAndAnotherForEachLogin() throws IOException {
    assertThat(place("ann@build")).isEqualTo(place("ann@build"));
    assertThat(place("ann@build").directory()).isNotEqualTo(place("bob@build").directory());
    assertThat(place("a/../../b").directory().getParent())
        .isEqualTo(home.resolve(".local/share/holdfast/browser"));
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(place("ann@build").directory())))
        .isEqualTo("rwx------");
  }

  @Test
  void keepsThePortOfTheDoor() throws IOException {
    assertThat(place("ann@build").lastPort()).isZero();
    place("ann@build").keepPort(4711);
    assertThat(place("ann@build").lastPort()).isEqualTo(4711);
  }

  @Test
  void hasOneWindowAtATime() throws IOException {
    try (WindowControl _ = WindowControl.first(place("ann@build"), "x", _ -> {}).orElseThrow();
        WindowControl _ = WindowControl.first(place("bob@build"), "x", _ -> {}).orElseThrow()) {
      assertThat(Files.exists(place("ann@build").control())).isTrue();
    }
    WindowControl.first(place("ann@build"), "x", _ -> {}).orElseThrow().close();
  }

  @Test
  void remembersFavouritesAndLastUse() throws IOException {
    Path file = home.resolve("apps");
    Clock clock = Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC);
    AppMemory memory = AppMemory.of(file, clock);
    memory.favour("localhost:80", true);
    assertThat(memory.use("localhost:81")).isTrue();
    assertThat(memory.use("localhost:81")).isFalse();

    AppMemory later = AppMemory.of(file, clock);
    assertThat(later.of("localhost:80")).isEqualTo(new AppMemory.Entry(true, 0));
    assertThat(later.of("localhost:81")).isEqualTo(new AppMemory.Entry(false, 1000));
    assertThat(later.of("localhost:82")).isEqualTo(new AppMemory.Entry(false, 0));
  }

  @Test
  void forgetsWhatWasUsedLongestAgo() throws IOException {
    Path file = home.resolve("apps");
    AppMemory memory = AppMemory.of(file, Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC));
    memory.favour("localhost:1", true);
    for (int port = 2; port < AppMemory.MOST + 3; port++) {
      memory.use("localhost:" + port);
    }
    assertThat(Files.readAllLines(file)).hasSize(AppMemory.MOST);
    assertThat(memory.of("localhost:1").isFavourite()).isTrue();
  }
}
