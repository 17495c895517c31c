package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that are typed at a raw terminal. */
@Timeout(30)
final class TypedLineTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  private @Nullable String typed(String keys) throws InterruptedException {
    TypedLine line = new TypedLine(shown, true);
    byte[] bytes = keys.getBytes(UTF_8);
    line.typed(bytes, bytes.length);
    return line.await();
  }

  @Test
  void whatIsTakenBackIsNotThere() throws Exception {
    assertThat(typed("abc\177\177é\177x\r")).isEqualTo("ax");
    assertThat(typed("all\025new\r")).isEqualTo("new");
    assertThat(typed("\177\177x\n")).isEqualTo("x");
  }

  @Test
  void whoInterruptsGivesNoAnswer() throws Exception {
    assertThat(typed("abc\003")).isNull();
  }

  @Test
  void aLineHasABound() throws Exception {
    assertThat(typed("x".repeat(Prompts.MOST_BYTES + 10) + "\r")).hasSize(Prompts.MOST_BYTES);
  }
}
