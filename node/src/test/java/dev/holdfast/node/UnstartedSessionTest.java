package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.terminal.Size;
import org.junit.jupiter.api.Test;

/** A session whose process could not be started. */
final class UnstartedSessionTest {
  private final FakeClient client = new FakeClient(new Size(80, 24));
  private final UnstartedSession session = new UnstartedSession(client, true, "It can't be.");

  @Test
  void theClientIsToldWhyAndTheSessionEnds() {
    session.begin();
    assertThat(client.text()).isEqualTo("It can't be.\r\n");
    assertThat(client.ending()).isEqualTo(new Ending.Status(UnstartedSession.STATUS));
  }

  @Test
  void aClientThatIsFullIsToldWhenItIsNot() {
    client.takes(0);
    session.begin();
    assertThat(client.ending()).isNull();
    client.takes(1000);
    session.writable();
    session.writable();
    assertThat(client.text()).isEqualTo("It can't be.\r\n");
    assertThat(client.ending()).isNotNull();
  }
}
