package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PortBookTest {
  private static final FarAddress APP = FarAddress.loopback(8888);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("kept").resolve("ports");
  }

  @Test
  void whatWasPutIsFoundByTheNextProcess() throws Exception {
    PortBook.read(file()).put("me@far", APP, 8888);
    PortBook next = PortBook.read(file());

    assertThat(next.find("me@far", APP)).hasValue(8888);
    assertThat(next.find("me@near", APP)).isEmpty();
    assertThat(next.taken()).containsExactly(8888);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void linesThatCannotBeReadAreLeftOut() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "x\n70000\ta\tb\n8888\tme@far\tlocalhost:8888\n-1\ta\tb\n");
    assertThat(PortBook.read(file()).taken()).containsExactly(8888);
  }

  @Test
  void aFileThatCannotBeOursIsNotRead() throws Exception {
    Files.createDirectories(file().getParent());
    Files.write(file(), new byte[(int) PortBook.MOST_BYTES + 1]);
    assertThatThrownBy(() -> PortBook.read(file())).hasMessageContaining("longer");
  }

  @Test
  void moreThanTheMostForgetsTheOldest() throws Exception {
    Files.createDirectories(file().getParent());
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < PortBook.MOST; i++) {
      lines.append(20_000 + i % 1000).append("\ts").append(i).append("\ta\n");
    }
    Files.writeString(file(), lines);
    PortBook book = PortBook.read(file());
    book.put("one more", APP, 1);
    assertThat(book.find("one more", APP)).hasValue(1);
    assertThat(Files.readAllLines(file())).hasSize(PortBook.MOST);
  }

  @Test
  void anAppGetsItsOwnNumberOrAComputedOneAndNoneThatBelongsToAnother() {
    assertThat(PortChoice.candidates("s", APP, OptionalInt.empty(), Set.of()))
        .startsWith(8888)
        .hasSize(1 + PortChoice.TRIES);
    assertThat(PortChoice.candidates("s", APP, OptionalInt.empty(), Set.of(8888)))
        .doesNotContain(8888)
        .allMatch(port -> port >= PortChoice.FIRST && port < PortChoice.FIRST + PortChoice.COUNT)
        .isEqualTo(PortChoice.candidates("s", APP, OptionalInt.empty(), Set.of(8888)));
    assertThat(PortChoice.candidates("s", FarAddress.loopback(80), OptionalInt.empty(), Set.of()))
        .doesNotContain(80);
  }

  @Test
  void anAppThatHasAPortGetsNoOther() {
    assertThat(PortChoice.candidates("s", APP, OptionalInt.of(23_456), Set.of(23_456)))
        .containsExactly(23_456);
  }
}
