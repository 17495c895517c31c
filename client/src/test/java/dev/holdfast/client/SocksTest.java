package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients of SOCKS ask for. */
final class SocksTest {
  private static final String NAMED = "05 01 00 05 01 00 03 03 77 65 62 00 50";

  private final ByteArrayOutputStream answered = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({
    "04 01 00 50 0a 00 00 01 00, 10.0.0.1, 80",
    "04 01 00 50 00 00 00 01 6d 65 00 77 65 62 00, web, 80",
    NAMED + ", web, 80",
    "05 02 00 02 05 01 00 01 7f 00 00 01 1f 90, 127.0.0.1, 8080",
  })
  void aPlaceIsRead(String bytes, String host, int port) throws Exception {
    assertThat(accept(bytes(bytes)).to()).isEqualTo(new PortForward.Place.Port(host, port));
  }

  @ParameterizedTest
  @CsvSource({
    "04 01 00 50 0a 00 00 01 00, 00 5a 00 00 00 00 00 00, 00 5b 00 00 00 00 00 00",
    NAMED + ", 05 00 05 00 00 01 00 00 00 00 00 00, 05 00 05 05 00 01 00 00 00 00 00 00",
  })
  void theAnswerIsOfTheSameVersion(String bytes, String yes, String no) throws Exception {
    accept(bytes(bytes)).answer(true);
    assertThat(answered.toByteArray()).isEqualTo(bytes(yes));
    answered.reset();
    accept(bytes(bytes)).answer(false);
    assertThat(answered.toByteArray()).isEqualTo(bytes(no));
  }

  @Test
  void whatBreaksOffAnywhereIsNoRequest() {
    byte[] whole = bytes(NAMED);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> accept(cut)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"06", "05 01 00 04", "05 01 00 05 02 00 01", "05 01 00 05 01 00 09", "04 02"})
  void everythingElseIsRefused(String bytes) {
    assertThatThrownBy(() -> accept(bytes(bytes + " 00 00 00 00 00 00 00 00")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aTextOfVersion4HasABound() {
    byte[] endless = Arrays.copyOf(bytes("04 01 00 50 0a 00 00 01"), 8 + Socks.MOST_TEXT + 2);
    Arrays.fill(endless, 8, endless.length, (byte) 'x');
    assertThatThrownBy(() -> accept(endless)).hasMessageContaining("255");
  }

  private Socks accept(byte[] bytes) throws IOException {
    return Socks.accept(new StreamsDuplex(new ByteArrayInputStream(bytes), answered, () -> {}));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex);
  }
}
