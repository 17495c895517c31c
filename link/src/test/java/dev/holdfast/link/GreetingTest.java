package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class GreetingTest {
  private static final String LINE = "SSH-2.0-Holdfast\r\n";

  @Test
  void isPassedOverWhereverItIsCut() throws Exception {
    byte[] whole = Rig.ascii(LINE + "\0answer");
    for (int length = 0; length <= whole.length; length++) {
      ByteBuffer input = ByteBuffer.wrap(whole, 0, length);
      assertThat(Greeting.pass(input)).as("%d bytes", length).isEqualTo(length > LINE.length());
      assertThat(input.position()).isEqualTo(length < LINE.length() ? 0 : LINE.length());
    }
  }

  @Test
  void anAnswerWithoutOneIsLeftAsItIs() throws Exception {
    ByteBuffer input = ByteBuffer.wrap(Rig.ascii("\0SSH-\n"));
    assertThat(Greeting.pass(input)).isTrue();
    assertThat(input.position()).isZero();
  }

  @Test
  void hasAnEnd() throws Exception {
    String longest = "S".repeat(Greeting.MOST - 1);
    assertThat(Greeting.pass(ByteBuffer.wrap(Rig.ascii(longest)))).isFalse();
    assertThat(Greeting.pass(ByteBuffer.wrap(Rig.ascii(longest + "\n\0")))).isTrue();
    assertThatThrownBy(() -> Greeting.pass(ByteBuffer.wrap(Rig.ascii(longest + "S\n\0"))))
        .isInstanceOf(ProtocolException.class);
  }
}
