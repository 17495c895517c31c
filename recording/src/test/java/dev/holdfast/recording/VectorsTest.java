package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in part-vectors.txt and encrypted-vectors.txt, which others' readers and writers are
 * tested with as well.
 */
class VectorsTest {
  private static List<String> lines(String kind) throws IOException {
    return lines("part-vectors.txt", kind);
  }

  private static List<String> lines(String file, String kind) throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(kind + " "))
          .map(line -> line.substring(kind.length() + 1))
          .toList();
    }
  }

  private static List<byte[]> parts() throws IOException {
    return lines("part").stream().map(HexFormat.of()::parseHex).toList();
  }

  @Test
  void partsAreReadAsTheyAreDescribed() throws IOException {
    List<Event> events = new ArrayList<>();
    Verification found = Samples.verify(parts(), events);
    assertThat(found.state()).as("%s", found).isEqualTo(Verification.State.WHOLE);
    assertThat(Samples.text(events)).isEqualTo(lines("event"));
    assertThat(found.signer()).isEqualTo(lines("signer").getFirst());
  }

  @Test
  void encryptedPartsAreReadAsTheyAreDescribedByEachKey(@TempDir Path directory)
      throws IOException {
    String file = "encrypted-vectors.txt";
    for (String identity : lines(file, "identity")) {
      Path key = directory.resolve("key");
      Files.writeString(key, "# a key\n" + identity + "\n");
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      List<ReadingKey> keys = ReadingKey.load(key);
      assertThat(lines(file, "recipient")).contains(keys.getFirst().recipient().toString());
      List<Event> events = new ArrayList<>();
      Verifier verifier = new Verifier(keys, events::add);
      for (String part : lines(file, "part")) {
        verifier.add("part", -1, HexFormat.of().parseHex(part));
      }
      Verification found = verifier.finish();
      assertThat(found.state()).as("%s", found).isEqualTo(Verification.State.WHOLE);
      assertThat(Samples.text(events)).isEqualTo(lines(file, "event"));
      assertThat(found.signer()).isEqualTo(lines(file, "signer").getFirst());
    }
  }

  /** Behind it comes what a compressor makes, which need not be the same everywhere. */
  @Test
  void aHeadIsWrittenAsItIsDescribed() throws IOException {
    byte[] vector = parts().getFirst();
    byte[] written = Samples.threeParts(Samples.NAME).getFirst();
    int head = RecordingFormat.UNSIGNED_HEAD + 64;
    assertThat(HexFormat.of().formatHex(Arrays.copyOf(written, head)))
        .isEqualTo(HexFormat.of().formatHex(Arrays.copyOf(vector, head)));
  }
}
