package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands in part-vectors.txt, which others' readers and writers are tested with as well. */
class VectorsTest {
  private static List<String> lines(String kind) throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream("part-vectors.txt")) {
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
