package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown of a kept session's output. */
final class KeptOutputTest {
  private static final String ATTACHES = "\033[!p\033[?1049h\033[1;24r\033[H\033[2Jhere\033[?1049l";

  private final List<String> told = new ArrayList<>();

  @Test
  void theSwitchesOfScreenAreTakenOutHoweverTheyAreCut() throws IOException {
    String said = KeptOutput.SCREEN_COMES + ATTACHES;
    for (int size = 1; size <= said.length(); size++) {
      assertThat(shown(said, size)).isEqualTo("\033[!p\033[1;24r\033[H\033[2Jhere");
    }
  }

  @Test
  void withoutTheMarkEverythingIsShownAsItIs() throws IOException {
    for (int size = 1; size <= ATTACHES.length(); size++) {
      assertThat(shown(ATTACHES, size)).isEqualTo(ATTACHES);
    }
    String late = "x" + KeptOutput.SCREEN_COMES + ATTACHES;
    assertThat(shown(late, late.length())).isEqualTo(late);
  }

  @Test
  void theFirstOutputIsToldOnceAndTheMarkIsNone() throws IOException {
    shown("ab", 1);
    assertThat(told).containsExactly("first");
    told.clear();
    shown(KeptOutput.SCREEN_COMES, 3);
    assertThat(told).isEmpty();
  }

  private String shown(String said, int size) throws IOException {
    InputStream in =
        new ByteArrayInputStream(said.getBytes(ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(size, length));
          }
        };
    try (KeptOutput out = new KeptOutput(in, () -> told.add("first"))) {
      return new String(out.readAllBytes(), ISO_8859_1);
    }
  }
}
