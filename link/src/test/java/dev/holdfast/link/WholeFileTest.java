package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path directory;

  @Test
  void isReplacedWithItsNewPermissionsAndNothingIsBesideIt() throws Exception {
    Path file = directory.resolve("file");
    WholeFile.replace(file, bytes("one"), WholeFile.PUBLIC);
    assertThat(permissions(file)).isEqualTo("rw-r--r--");
    WholeFile.replace(file, bytes("two"), WholeFile.OWN);
    assertThat(file).hasContent("two");
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(directory).isDirectoryContaining(file::equals);
    assertThat(directory.toFile().list()).hasSize(1);
  }

  /** Whoever reads meanwhile sees one writer's bytes, all of them. */
  @Test
  void isWholeWhileItIsReplaced() throws Exception {
    Path file = directory.resolve("file");
    WholeFile.replace(file, bytes("0".repeat(100_000)), WholeFile.OWN);
    try (ExecutorService writers = Executors.newFixedThreadPool(3)) {
      List<Future<?>> written =
          IntStream.range(1, 4)
              .<Future<?>>mapToObj(digit ->
                  writers.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                      WholeFile.replace(
                          file, bytes(Integer.toString(digit).repeat(100_000)), WholeFile.OWN);
                    }
                    return null;
                  }))
              .toList();
      while (!written.stream().allMatch(Future::isDone)) {
        assertThat(Files.readString(file)).matches("(\\d)\\1{99999}");
      }
      for (Future<?> each : written) {
        each.get();
      }
    }
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void isCreatedByTheFirstOnly() throws Exception {
    Path file = directory.resolve("file");
    try (ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> first =
          writers.invokeAll(
              IntStream.range(0, 8)
                  .<java.util.concurrent.Callable<Boolean>>mapToObj(
                      i -> () -> WholeFile.create(file, bytes("writer " + i)))
                  .toList());
      int winner = -1;
      for (int i = 0; i < 8; i++) {
        if (first.get(i).get()) {
          assertThat(winner).isEqualTo(-1);
          winner = i;
        }
      }
      assertThat(file).hasContent("writer " + winner);
    }
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  /** A directory in its place, as what can't be written: nothing is left beside it. */
  @Test
  void nothingIsLeftOfWhatFailed() throws Exception {
    Path file = Files.createDirectory(directory.resolve("file"));
    Files.createFile(file.resolve("inside"));
    assertThatIOException().isThrownBy(() -> WholeFile.replace(file, bytes("x"), WholeFile.OWN));
    assertThat(directory.toFile().list()).containsExactly("file");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
