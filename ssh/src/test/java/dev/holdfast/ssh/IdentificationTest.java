package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentificationTest {
  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-x", "SSH-2.0-OpenSSH_10.0", "SSH-2.0-A resume-v1 b+/- c-d"})
  void theseAreIdentifications(String line) {
    assertThat(new Identification(line, true).line()).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-",
        "SSH-1.99-x",
        "SSH-2.0- x",
        "SSH-2.0-x\n",
        "SSH-2.0-x\r\n",
        "SSH-2.0-\u00e9"
      })
  void theseAreNot(String line) {
    assertThatThrownBy(() -> new Identification(line, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itsLengthIsBounded() {
    String longest = "SSH-2.0-" + "x".repeat(Identification.MOST_CHARACTERS - 8);
    assertThat(new Identification(longest, false).line()).hasSize(253);
    assertThatThrownBy(() -> new Identification(longest + "x", false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWasSentAlreadyIsDroppedFromTheFirstWrite() throws Exception {
    assertThat(rest(AlreadySent.NOTHING, "SSH-2.0-a\r\n")).isEqualTo("SSH-2.0-a\r\n");
    assertThat(rest(AlreadySent.CLIENT_PREFIX, "SSH-2.0-a\r\n")).isEqualTo("a\r\n");
    assertThat(rest(AlreadySent.line("SSH-2.0-a"), "SSH-2.0-a\r\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-b\r\n", "SSH-2.0-a\n", "SSH-2.0-a", ""})
  void anotherFirstWriteThanWasSentIsAnError(String written) {
    assertThatThrownBy(() -> rest(AlreadySent.line("SSH-2.0-a"), written))
        .isInstanceOf(IOException.class);
  }

  private static String rest(AlreadySent sent, String written) throws IOException {
    Buffer first = new ByteArrayBuffer(written.getBytes(US_ASCII));
    sent.dropFrom(first);
    return new String(first.getCompactData(), US_ASCII);
  }
}
