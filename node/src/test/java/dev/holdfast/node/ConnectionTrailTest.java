package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.link.GateEvent;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.Terms;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConnectionTrailTest {
  private static final InetSocketAddress HOME = new InetSocketAddress("192.0.2.7", 4711);
  private static final InetSocketAddress TRAIN = new InetSocketAddress("198.51.100.3", 4712);
  private static final Login LOGIN =
      new Login(
          "deploy",
          HOME,
          Optional.empty(),
          new Credential.Untold(),
          "s1",
          Permissions.ALL,
          null,
          Terms.FREE);

  private final List<AuditEvent> events = new ArrayList<>();
  private final ConnectionTrail trail =
      new ConnectionTrail(
          LoginWatch.NONE,
          new AuditSink() {
            @Override
            public void before(AuditEvent event) {
              events.add(event);
            }

            @Override
            public void after(AuditEvent event) {
              events.add(event);
            }
          },
          login -> "alice");

  @Test
  void theWayOfALoginIsToldWithWhereItCameFromAndWentTo() {
    trail.loggedIn(LOGIN);
    trail.take(new GateEvent.Detached("s1", HOME, "reset", Duration.ofHours(1)));
    trail.take(new GateEvent.Resumed("s1", TRAIN, HOME, Duration.ofMillis(12_400)));
    trail.forwarding(LOGIN, new LoginWatch.Forward(false, "db:5432", true));
    trail.forwarding(LOGIN, new LoginWatch.Forward(false, "db:22", false));
    trail.forwarding(LOGIN, new LoginWatch.Forward(true, ":8080", true));
    trail.forwarding(LOGIN, new LoginWatch.Forward(true, ":80", false));
    trail.take(new GateEvent.Ended("s1", TRAIN, null, 10, 20, Duration.ofSeconds(60)));
    assertThat(events)
        .extracting(AuditEvent::code)
        .containsExactly(
            AuditCode.CONNECTED,
            AuditCode.STREAM_DETACHED,
            AuditCode.STREAM_RESUMED,
            AuditCode.FORWARDED,
            AuditCode.FORWARD_REFUSED,
            AuditCode.LISTENING,
            AuditCode.LISTEN_REFUSED,
            AuditCode.DISCONNECTED);
    assertThat(events)
        .allSatisfy(it -> {
          assertThat(it.user()).isEqualTo("alice");
          assertThat(it.fields())
              .containsEntry("connection", "s1")
              .containsEntry("login", "deploy");
        });
    assertThat(events.get(2).fields())
        .containsEntry("from", "198.51.100.3")
        .containsEntry("before", "192.0.2.7")
        .containsEntry("seconds", "12.4");
  }

  @Test
  void strangersAreNotTold() {
    trail.take(new GateEvent.Detached("s2", HOME, "reset", Duration.ofHours(1)));
    trail.take(new GateEvent.Left("s2", HOME, 1, 2, Duration.ofSeconds(1)));
    trail.refused(new LoginWatch.Refusal("s2", "root", HOME, 3, List.of("password"), null));
    assertThat(events).isEmpty();
  }
}
