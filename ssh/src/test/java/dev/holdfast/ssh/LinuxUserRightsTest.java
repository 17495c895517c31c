package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What root opens for a user: with that user's rights, and with nothing of root's. */
final class LinuxUserRightsTest {
  @TempDir Path directory;
  private LinuxUserRights rights;
  private User nobody;

  @BeforeEach
  void becomeAble() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "SKIPPED: needs to be root");
    rights = new LinuxUserRights();
    nobody = new LinuxUsers(Instant::now).find("nobody").orElseThrow();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Test
  void theDatabasesKnowAccountsAndTheirGroups() throws IOException {
    User root = new LinuxUsers(Instant::now).find("root").orElseThrow();
    assertThat(root.uid()).isZero();
    assertThat(root.home()).isEqualTo("/root");
    assertThat(root.groups().getFirst()).isEqualTo(new User.Group(0, "root"));
    assertThat(root.shell()).startsWith("/");
    assertThat(nobody.uid()).isEqualTo(65534);
    assertThat(new LinuxUsers(Instant::now).find("no-such-account-here")).isEmpty();
    assertThat(new LinuxUsers(Instant::now).find("")).isEmpty();
    assertThat(new LinuxUsers(Instant::now).find("a\0b")).isEmpty();
  }

  @Test
  void aFileIsMadeAsTheUserAndWithTheMask() throws IOException {
    Path file = directory.resolve("f");
    rights.as(nobody, 0027, () -> Files.createFile(file));
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(nobody.uid());
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(nobody.gid());
    assertThat((int) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(0640);
  }

  @Test
  void whatOnlyRootMayReadCanNotBeRead() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "x");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path link = directory.resolve("link");
    rights.as(nobody, () -> Files.createSymbolicLink(link, secret));
    assertThatThrownBy(() -> rights.as(nobody, () -> UserFile.read(nobody, link, false)))
        .isInstanceOf(IOException.class);
    assertThat(UserFile.read(nobody, link, false)).hasSize(1);
  }

  @Test
  void theThreadsThatAreNotTheUsersKeepTheirRights() throws IOException {
    rights.as(nobody, () -> Files.createFile(directory.resolve("a")));
    Path own = Files.createFile(directory.resolve("b"));
    assertThat(Files.getAttribute(own, "unix:uid")).isEqualTo(0);
  }

  @Test
  void aSocketsPeerSeesTheUserAndNotRoot() throws IOException {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
      rights.as(nobody, () -> client.connect(UnixDomainSocketAddress.of(path)));
      try (SocketChannel accepted = listener.accept()) {
        assertThat(accepted.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName())
            .isEqualTo("nobody");
      }
    }
  }

  @Test
  void aSocketOfSomebodyElsesIsNotReached() throws IOException {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      assertThatThrownBy(
              () -> rights.as(nobody, () -> client.connect(UnixDomainSocketAddress.of(path))))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aProgramRunsWithNothingOfRoots() throws Exception {
    List<String> line =
        rights.command(
            nobody,
            List.of(
                "/bin/sh", "-c", "grep -E '^(Uid|Gid|Groups|CapEff|CapPrm)' /proc/self/status"));
    Process process = new ProcessBuilder(line).start();
    String status = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(status.replaceAll("\\s+", " "))
        .contains("Uid: 65534 65534 65534 65534", "Gid: 65534 65534 65534 65534")
        .contains("Groups: 65534", "CapPrm: 0000000000000000", "CapEff: 0000000000000000");
  }
}
