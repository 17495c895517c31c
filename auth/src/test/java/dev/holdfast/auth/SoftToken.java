package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A token of SoftHSM with a directory of its own. Its module reads the place of its configuration
 * from the environment of this process, so there is one at a time. Confined.
 */
final class SoftToken {
  static final String LABEL = "holdfast";
  static final String PIN = "1234";

  private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final int PATIENCE_SECONDS = 30;

  private final Path directory;
  private final Path configuration;

  /** The PIN that the service is told. */
  volatile String told = PIN;

  private SoftToken(Path directory, Path configuration) {
    this.directory = directory;
    this.configuration = configuration;
  }

  /** Makes one; skips the test where there is no SoftHSM. */
  static SoftToken make(Path directory) throws Exception {
    assumeTrue(
        Files.exists(MODULE) && Files.exists(Path.of("/usr/bin/pkcs11-tool")),
        "SKIPPED: needs SoftHSM and pkcs11-tool (softhsm2, opensc)");
    Path configuration =
        Files.writeString(
            directory.resolve("softhsm2.conf"),
            "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
                .formatted(Files.createDirectory(directory.resolve("tokens"))));
    SoftToken token = new SoftToken(directory, configuration);
    token.run(
        "softhsm2-util --init-token --free --label %s --so-pin 4321 --pin %s"
            .formatted(LABEL, PIN));
    setEnvironment("SOFTHSM2_CONF", configuration.toString());
    return token;
  }

  /** What Java has no call for. */
  @SuppressWarnings("restricted")
  private static void setEnvironment(String name, String value) throws Exception {
    Linker linker = Linker.nativeLinker();
    var function =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      function.invokeWithArguments(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  TokenSettings settings() {
    return new TokenSettings(MODULE, LABEL, () -> told);
  }

  /** Somebody takes it away. */
  void takeAway() throws IOException {
    Files.move(directory.resolve("tokens"), directory.resolve("away"));
    Files.createDirectory(directory.resolve("tokens"));
  }

  /** It is back. */
  void bringBack() throws IOException {
    Files.delete(directory.resolve("tokens"));
    Files.move(directory.resolve("away"), directory.resolve("tokens"));
  }

  /** The session of whoever uses the module in this process is lost. */
  static void loseSessions() throws TokenFailure {
    new TokenFunctions(MODULE).end();
  }

  /** What {@code pkcs11-tool} says, logged in. */
  String tool(String... words) throws Exception {
    return run(
        "pkcs11-tool --module %s --token-label %s --login --pin %s %s"
            .formatted(MODULE, LABEL, PIN, String.join(" ", words)));
  }

  private String run(String line) throws Exception {
    List<String> words = List.of(line.split(" ", -1));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", configuration.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
