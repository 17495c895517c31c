package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class PamTest {
  @Test
  void aSystemWithoutPamIsToldOfInOneSentence() {
    assertThatThrownBy(() -> Pam.open("libnosuchpam.so.0", "sshd", false))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "PAM is not available: libnosuchpam.so.0 was not found; install it, or switch PAM"
                + " off.");
  }
}
