package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.ClientEnd.Ending;
import org.junit.jupiter.api.Test;

final class WaitStatusTest {
  @Test
  void aProcessEndsAsWaitpidTells() {
    assertThat(new WaitStatus(42 << 8).ending()).isEqualTo(new Ending.Status(42));
    assertThat(new WaitStatus(9).ending()).isEqualTo(new Ending.Signal("KILL", false, ""));
    assertThat(new WaitStatus(11 | 0x80).ending()).isEqualTo(new Ending.Signal("SEGV", true, ""));
    assertThat(new WaitStatus(31).ending())
        .isEqualTo(new Ending.Signal("SIG@openssh.com", false, ""));
  }
}
