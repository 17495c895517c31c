package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryPartsTest {
  private static final String NAME = Samples.NAME;

  @TempDir private Path directory;

  private DirectoryParts parts() {
    return new DirectoryParts(directory.resolve("all"));
  }

  @Test
  void whatIsPutIsThere() throws IOException {
    DirectoryParts parts = parts();
    assertThat(parts.recordings()).isEmpty();
    parts.put(NAME, 1, new byte[] {1, 2});
    parts.put(NAME, 0, new byte[] {3});
    assertThat(parts.recordings()).containsExactly(NAME);
    assertThat(parts.parts(NAME)).containsExactly(0, 1);
    assertThat(parts.get(NAME, 1)).hasValue(new byte[] {1, 2});
    assertThat(parts.get(NAME, 2)).isEmpty();
  }

  @Test
  void theSameAgainChangesNothingAndOtherBytesAreRefused() throws IOException {
    DirectoryParts parts = parts();
    parts.put(NAME, 0, new byte[] {1});
    parts.put(NAME, 0, new byte[] {1});
    assertThatIOException()
        .isThrownBy(() -> parts.put(NAME, 0, new byte[] {2}))
        .withMessageContaining("is there already, with other bytes; it is not replaced.");
    assertThat(parts.get(NAME, 0)).hasValue(new byte[] {1});
    assertThat(files()).containsExactly("00000000.part");
  }

  @Test
  void onlyTheOwnerMayRead() throws IOException {
    parts().put(NAME, 0, new byte[] {1});
    Path recording = directory.resolve("all").resolve(NAME);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(recording)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(recording.resolve("00000000.part"))))
        .isEqualTo("rw-------");
  }

  @Test
  void hostileNamesAreImpossible() {
    for (String name :
        new String[] {
          "", "..", "../" + NAME, NAME + "/..", NAME.toUpperCase(java.util.Locale.ROOT), NAME + "\0"
        }) {
      assertThatThrownBy(() -> parts().put(name, 0, new byte[1]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> parts().get(name, 0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> parts().delete(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> parts().put(NAME, -1, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> parts().put(NAME, RecordingFormat.MOST_PARTS, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.createDirectory(directory.resolve("all"));
    Files.createSymbolicLink(directory.resolve("all").resolve(NAME), elsewhere);
    assertThatIOException()
        .isThrownBy(() -> parts().put(NAME, 0, new byte[1]))
        .withMessageEndingWith("is no directory; remove it.");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void whatIsNoPartIsNotListed() throws IOException {
    DirectoryParts parts = parts();
    parts.put(NAME, 0, new byte[] {1});
    Path recording = directory.resolve("all").resolve(NAME);
    Files.write(recording.resolve(".00000001.x"), new byte[1]);
    Files.write(recording.resolve("9.part"), new byte[1]);
    Files.write(recording.resolve("99999999.part"), new byte[1]);
    Files.createDirectory(directory.resolve("all").resolve("lost+found"));
    assertThat(parts.parts(NAME)).containsExactly(0);
    assertThat(parts.recordings()).containsExactly(NAME);
  }

  @Test
  void partsAreBounded() throws IOException {
    DirectoryParts parts = parts();
    assertThatThrownBy(() -> parts.put(NAME, 0, new byte[RecordingFormat.MOST_PART + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    parts.put(NAME, 0, new byte[RecordingFormat.MOST_PART]);
    Path file = directory.resolve("all").resolve(NAME).resolve("00000001.part");
    Files.write(file, new byte[RecordingFormat.MOST_PART + 1]);
    assertThatIOException()
        .isThrownBy(() -> parts.get(NAME, 1))
        .withMessageEndingWith("is larger than a part can be.");
  }

  @Test
  void deletesWhateverIsThere() throws IOException {
    DirectoryParts parts = parts();
    parts.put(NAME, 0, new byte[] {1});
    Files.write(directory.resolve("all").resolve(NAME).resolve(".00000001.x"), new byte[1]);
    parts.delete(NAME);
    parts.delete(NAME);
    assertThat(parts.recordings()).isEmpty();
    assertThat(directory.resolve("all")).isEmptyDirectory();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("all").resolve(NAME))) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
