package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code ./holdfast}, on a copy of what the build made. */
final class LauncherTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String VERSION = "holdfast \\S+ \\(Java 25\\S*\\)\n";

  @TempDir private Path directory;
  private Path checkout;

  private record Ended(int status, String out, String err) {}

  @BeforeEach
  void copyWhatWasBuilt() throws IOException {
    checkout = Files.createDirectory(directory.resolve("a checkout"));
    for (String part : List.of("holdfast", "jvm.options", "cli/target/lib", "cli/target/man")) {
      copy(ROOT.resolve(part), checkout.resolve(part));
    }
  }

  @Test
  void writesNothingButWhatTheCommandWrites() throws Exception {
    Ended first = launch(checkout.resolve("holdfast"), Map.of());
    assertThat(first.out()).matches(VERSION);
    assertThat(first.err()).isEmpty();
    assertThat(first.status()).isZero();
  }

  @Test
  void isFoundThroughSymbolicLinks() throws Exception {
    Path absolute =
        Files.createSymbolicLink(directory.resolve("one"), checkout.resolve("holdfast"));
    Path relative = Files.createSymbolicLink(directory.resolve("two"), absolute.getFileName());
    assertThat(launch(relative, Map.of()).out()).matches(VERSION);
  }

  @Test
  void makesAnAotCacheAndWorksWithAnUnusableOne() throws Exception {
    launch(checkout.resolve("holdfast"), Map.of());
    await().atMost(DEADLINE).until(() -> caches().size() == 1);
    assertThat(launch(checkout.resolve("holdfast"), Map.of()).out()).matches(VERSION);

    Files.writeString(caches().getFirst(), "not a cache");
    Ended ended = launch(checkout.resolve("holdfast"), Map.of());
    assertThat(ended.out()).matches(VERSION);
    assertThat(ended.err()).isEmpty();
  }

  /** As for a user who runs what is another's; in /proc not even root makes a file. */
  @Test
  void worksWhereNoAotCacheMayBeWritten() throws Exception {
    Files.createSymbolicLink(checkout.resolve("cli/target/aot"), Path.of("/proc"));
    Ended ended = launch(checkout.resolve("holdfast"), Map.of());
    assertThat(ended.out()).matches(VERSION);
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void makesAnotherAotCacheWhenAJarChanges() throws Exception {
    launch(checkout.resolve("holdfast"), Map.of());
    await().atMost(DEADLINE).until(() -> caches().size() == 1);
    Path stale = caches().getFirst();

    Files.copy(ROOT.resolve("LICENSE"), checkout.resolve("cli/target/lib/zzz.jar"));
    launch(checkout.resolve("holdfast"), Map.of());
    await().atMost(DEADLINE).until(() -> !caches().isEmpty() && !caches().contains(stale));
  }

  @Test
  void refusesAJdkThatIsNot25WithOneSentence() throws Exception {
    Path other = Files.createDirectories(directory.resolve("jdk/bin"));
    assertThat(Files.createFile(other.resolve("java")).toFile().setExecutable(true)).isTrue();
    Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"24.0.1\"\n");
    String home = directory.resolve("jdk").toString();
    Ended ended = launch(checkout.resolve("holdfast"), Map.of("HOLDFAST_JAVA_HOME", home));
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).hasLineCount(1).contains(home + " is not a JDK 25");
  }

  @Test
  void saysThatNothingIsBuiltWhenItMayNotBuild() throws Exception {
    Files.delete(checkout.resolve("cli/target/man/holdfast.1"));
    Ended ended = launch(checkout.resolve("holdfast"), Map.of());
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).hasLineCount(1).contains("not built");
  }

  /** A cache may still be in the making, which would fill the directory while it is removed. */
  @AfterEach
  void waitForTheCache() {
    await().atMost(DEADLINE).until(() -> made(".lock").isEmpty());
  }

  private List<Path> caches() throws IOException {
    return made(".aot");
  }

  private List<Path> made(String suffix) throws IOException {
    Path aot = checkout.resolve("cli/target/aot");
    if (!Files.exists(aot)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(aot)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private Ended launch(Path launcher, Map<String, String> environment) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(launcher.toString(), "--version")
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HOLDFAST_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
