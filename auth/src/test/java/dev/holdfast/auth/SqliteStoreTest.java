package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest
    implements StoreConformance,
        AuditConformance,
        RecordingConformance,
        SessionConformance,
        LeaseConformance {
  @TempDir Path directory;
  private @Nullable Database database;
  private @Nullable Database other;

  @Override
  public Database database() throws Exception {
    Database opened = again();
    database = opened;
    return opened;
  }

  @Override
  public Database again() throws Exception {
    return Database.open("sqlite:" + directory.resolve("store.db"));
  }

  /** SQLite is one service's, and for a while that of the process which takes it over. */
  @Override
  public List<Database> services() throws Exception {
    Database first = database();
    Database second = again();
    other = second;
    return List.of(first, second);
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
    if (other != null) {
      other.close();
    }
  }

  @Test
  void nobodyElseMayReadTheFile() throws Exception {
    database();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("store.db"))))
        .isEqualTo("rw-------");
  }

  /**
   * A process that writes is killed with -9: what it said was committed is there, and nothing is
   * left where temporary files are. A library that was written half is written anew.
   */
  @Test
  void whatWasCommittedOutlivesAKill() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path state = Files.createDirectory(directory.resolve("state"));
    for (int round = 0; round < 3; round++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Djava.io.tmpdir=" + temporary,
                  "-cp",
                  System.getProperty("java.class.path"),
                  StoreWriter.class.getName(),
                  "sqlite:" + directory.resolve("store.db"),
                  "round" + round,
                  state.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String last = null;
      try (BufferedReader lines = writer.inputReader()) {
        for (int i = 0; i < 20 + 17 * round; i++) {
          last = lines.readLine();
          assertThat(last).isNotNull();
        }
        // Not by the process, which would close what it has said already.
        writer.toHandle().destroyForcibly();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          last = line;
        }
      }
      assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
      StoreWriter.check("sqlite:" + directory.resolve("store.db"), "round" + round, last);
      assertThat(temporary).isEmptyDirectory();
      List<Path> kept;
      try (Stream<Path> files = Files.walk(state)) {
        kept = files.filter(Files::isRegularFile).toList();
      }
      assertThat(kept).hasSize(1);
      Files.write(kept.getFirst(), new byte[100]);
    }
  }
}
