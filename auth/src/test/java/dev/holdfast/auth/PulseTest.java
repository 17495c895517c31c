package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Labels;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a member's heartbeats find out. */
@Timeout(60)
final class PulseTest {
  @TempDir Path directory;
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
  private final AtomicInteger beats = new AtomicInteger();

  @Test
  void aRemovalWhileTheServiceIsNotReachedIsTold() throws Exception {
    Membership member = member();
    member.watch(changes::add);
    try (Pulse pulse = Pulse.start(member, () -> 1)) {
      assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.NodeRemoved("id", "p1"));
      int before = beats.get();
      AuthRig.await(() -> beats.get() > before + 10);
      assertThat(changes).isEmpty();
      assertThat(pulse.health()).isEqualTo(Health.DEGRADED);
    }
  }

  private Membership member() {
    KeyPair key = SshKeys.generateEd25519();
    return new Membership(
        cluster(),
        () -> {
          throw new IOException("The auth service is not reached.");
        },
        new Membership.Known(
            new Enrolment("demo", ServiceKind.PROXY, "p1", "id", "", "", List.of())),
        new Membership.Settings(ServiceKind.PROXY, "p1", key, directory, Labels.NONE, "1"),
        null,
        new DirectoryParts(directory),
        () -> {});
  }

  /** One that is not reached for three heartbeats, and then knows the member no more. */
  private Cluster cluster() {
    return (Cluster)
        Proxy.newProxyInstance(
            Cluster.class.getClassLoader(),
            new Class<?>[] {Cluster.class},
            (_, _, _) -> {
              IOException away = new IOException("The auth service is not reached.");
              throw beats.incrementAndGet() <= 3 ? away : new NoMemberException(away);
            });
  }
}
