package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code holdfast doctor}: what it finds, and what it sets right. */
@Needs(Tool.SSHD)
@Timeout(180)
final class DoctorTest {
  /** So long does the box on the way remember an idle connection. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static Sshd sshd;
  private static ForgetfulRelay box;

  private final Path home = Scratch.directory("doctor-home");
  private Path config;

  @BeforeAll
  static void startServer() {
    sshd = Sshd.start();
    box = new ForgetfulRelay(sshd.address(), PATIENCE);
  }

  @AfterAll
  static void stopServer() {
    box.close();
    sshd.close();
  }

  @BeforeEach
  void makeHome() throws IOException {
    Path directory = Files.createDirectory(home.resolve(".ssh"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    config = directory.resolve("config");
    Files.copy(Ssh.to(box.address(), null).config(), config);
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
  }

  private Command doctor(String... arguments) {
    return Holdfast.command("doctor")
        .plus(arguments)
        .with("JDK_JAVA_OPTIONS", "-Duser.home=" + home);
  }

  @Test
  void theWaysPatienceIsFoundAndAnIntervalIsWritten() throws IOException {
    Outcome found = doctor("--for", "8s", "--fix", Ssh.HOST).run();
    assertThat(found.output())
        .contains("something on the way forgets it")
        .contains("knows no resumption")
        .contains("Packets of full size get through, both ways.")
        .contains("The server's clock and this machine's agree.");
    assertThat(Files.readString(config)).startsWith("Host target\n  ServerAliveInterval 5\n");
    Outcome again = doctor("--for", "2s", "--format", "json", Ssh.HOST).run();
    assertThat(again.output()).contains("\"about\":\"keep-alive\"").contains("often enough");
  }

  @Test
  void whatOthersMayReadOrWriteIsFoundAndSetRight() throws IOException {
    Path key = Files.copy(Keys.CLIENT, home.resolve(".ssh/id_ed25519"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-rw-r--"));
    Outcome found = doctor().run().exited(1);
    assertThat(found.output()).contains(key.toString()).contains(config.toString());
    doctor("--fix").run().ok();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
        .isEqualTo("rw-r--r--");
    doctor().run().ok();
  }

  @Test
  void aServerThatLetsNobodyInIsAProblem() {
    Outcome outcome = doctor("-o", "User=nobody", "--for", "0", Ssh.HOST).run().exited(1);
    assertThat(outcome.output()).contains("Permission denied (publickey).");
  }
}
