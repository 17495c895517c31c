package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script in the shells of logins and servers, with ss(8) and without. */
class FindAppsScriptTest {
  private static final long OWN = ProcessHandle.current().pid();

  private final TestServers servers = new TestServers();

  @TempDir private Path programs;

  @AfterEach
  void close() throws IOException {
    servers.close();
  }

  /** As sshd runs a command: by the login shell (session.c, do_child). */
  private Finding find(List<String> shell) throws IOException {
    String name = shell.getFirst();
    assumeTrue(
        List.of("/bin", "/usr/bin").stream().anyMatch(it -> Files.exists(Path.of(it, name))),
        name + " is not installed");
    ProcessBuilder builder = new ProcessBuilder(shell);
    builder.environment().put("PATH", programs + ":/usr/bin:/bin");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream to = process.getOutputStream()) {
      to.write(Resource.bytes("find-apps.sh"));
    }
    return Finding.parse(process.getInputStream().readNBytes(Finding.MOST_BYTES));
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void assertFound(Finding finding, int port) {
    assertThat(finding.isWhole()).isTrue();
    assertThat(finding.system()).isEqualTo("Linux");
    Candidate own =
        Candidate.of(finding).stream().filter(it -> it.port() == port).findFirst().orElseThrow();
    assertThat(own.pid()).isEqualTo(OWN);
    assertThat(own.owner()).isEqualTo(Candidate.Owner.OWN);
    assertThat(own.dials()).containsExactly("127.0.0.1");
    assertThat(own.program().directory()).isEqualTo(System.getProperty("user.dir"));
    assertThat(own.program().arguments()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "dash", "bash", "fish", "csh"})
  void findsAppsWhateverTheLoginShell(String shell) throws IOException {
    int port = servers.page("x");
    assertFound(find(List.of(shell, "-c", "/bin/sh -s")), port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox"})
  void findsAppsWithoutSs(String shell) throws IOException {
    program("ss", "exit 1");
    int port = servers.page("x");
    List<String> command =
        shell.equals("busybox") ? List.of("busybox", "sh", "-s") : List.of(shell, "-s");
    assertFound(find(command), port);
  }

  /** A system on which there is nothing but BusyBox: its own ls, sed, grep and so on. */
  @ParameterizedTest
  @ValueSource(strings = "busybox")
  void findsAppsWhereAllIsBusyBox(String shell) throws IOException {
    for (String name :
        List.of("cat", "cut", "grep", "head", "id", "ls", "sed", "sort", "tr", "uname")) {
      program(name, "exec busybox " + name + " \"$@\"");
    }
    program("ss", "exit 1");
    int port = servers.page("x");
    assertFound(find(List.of(shell, "sh", "-s")), port);
  }
}
