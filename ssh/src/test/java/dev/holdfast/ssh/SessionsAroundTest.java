package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.Sessions.Extra;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class SessionsAroundTest {
  private static final Login LOGIN = new Login("me", InetSocketAddress.createUnresolved("h", 1));

  private final Sessions inner =
      new Sessions() {
        @Override
        public SessionAnswer start(SessionStart start, ClientEnd client) {
          return new SessionAnswer.Refused();
        }

        @Override
        public boolean permits(Login login, Extra extra) {
          return login.equals(LOGIN) && extra == Extra.X11_FORWARDING;
        }

        @Override
        public boolean acceptsVariable(Login login, String name) {
          return login.equals(LOGIN) && name.equals("LANG");
        }
      };

  private final Sessions around =
      new SessionsAround(inner) {
        @Override
        public SessionAnswer start(SessionStart start, ClientEnd client) {
          return sessions.start(start, client);
        }
      };

  @Test
  void permitsAndAcceptsWhatTheOtherOnesDo() {
    assertThat(around.permits(LOGIN, Extra.X11_FORWARDING)).isTrue();
    assertThat(around.permits(LOGIN, Extra.PTY)).isFalse();
    assertThat(around.acceptsVariable(LOGIN, "LANG")).isTrue();
    assertThat(around.acceptsVariable(LOGIN, "TERM")).isFalse();
  }
}
