package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostKeyFilesTest {
  @TempDir private Path directory;

  @Test
  void keysAreMadeOnceAndOnlyTheirOwnerMayReadThem() throws IOException {
    List<KeyPair> made = HostKeyFiles.loadOrMake(directory);
    List<KeyPair> loaded = HostKeyFiles.loadOrMake(directory);
    assertThat(made).hasSize(3);
    for (int i = 0; i < made.size(); i++) {
      assertThat(SshKeys.areSame(made.get(i).getPublic(), loaded.get(i).getPublic())).isTrue();
      Path file = HostKeyFiles.files(directory).get(i);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(file.resolveSibling(file.getFileName() + ".pub")))
          .isEqualTo(SshKeys.line(made.get(i).getPublic()) + "\n");
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.count()).isEqualTo(6);
    }
  }

  @Test
  void sshKeygenReadsThem() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "needs ssh-keygen");
    List<KeyPair> keys = HostKeyFiles.loadOrMake(directory);
    for (int i = 0; i < keys.size(); i++) {
      Process keygen =
          new ProcessBuilder(
                  "ssh-keygen", "-y", "-f", HostKeyFiles.files(directory).get(i).toString())
              .redirectErrorStream(true)
              .start();
      String line = new String(keygen.getInputStream().readAllBytes(), UTF_8).strip();
      assertThat(line).isEqualTo(SshKeys.line(keys.get(i).getPublic()));
    }
  }

  @Test
  void processesThatStartAtOnceHaveTheSameKeys() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<List<KeyPair>> start = () -> HostKeyFiles.loadOrMake(directory);
      List<Future<List<KeyPair>>> all = threads.invokeAll(List.of(start, start, start, start));
      for (Future<List<KeyPair>> one : all) {
        for (int i = 0; i < 3; i++) {
          assertThat(
                  SshKeys.areSame(
                      one.get().get(i).getPublic(), all.getFirst().get().get(i).getPublic()))
              .isTrue();
        }
      }
    }
  }

  @Test
  void aKeyThatOthersMayReadOrThatIsNoneIsRefusedWithASentence() throws IOException {
    HostKeyFiles.loadOrMake(directory);
    Path file = HostKeyFiles.files(directory).getFirst();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> HostKeyFiles.loadOrMake(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("may be read by others (rw-r-----)");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "not a key");
    assertThatThrownBy(() -> HostKeyFiles.loadOrMake(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a private key");
    Files.writeString(file, "x".repeat((int) HostKeyFiles.MOST_BYTES + 1));
    assertThatThrownBy(() -> HostKeyFiles.loadOrMake(directory))
        .hasMessageContaining("longer than a key");
  }
}
