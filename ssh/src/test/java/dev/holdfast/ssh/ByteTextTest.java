package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ByteTextTest {
  @Test
  void anyBytesComeBackAsTheyWere() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertThat(ByteText.encode(ByteText.decode(bytes)))
          .as(HexFormat.of().formatHex(bytes))
          .isEqualTo(bytes);
    }
  }

  @Test
  void whatIsUtf8IsTheTextItSays() {
    String text = "l\u00e4s \u20ac \ud83d\ude00";
    assertThat(ByteText.decode(text.getBytes(UTF_8))).isEqualTo(text);
    assertThat(ByteText.encode(text)).isEqualTo(text.getBytes(UTF_8));
  }

  @Test
  void whatIsNotStandsOutInOneCharacterForEachByte() {
    assertThat(ByteText.decode(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'b'}))
        .isEqualTo("a\udcff\udcc3b");
  }
}
