package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.RoleOptions;
import dev.holdfast.testkit.OpenSsh;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's client at a server that decides about those who have logged in. */
@Timeout(120)
final class EntrancesTest {
  @TempDir Path directory;

  @Test
  void whoIsRefusedIsToldWhyAndGetsNoFurther() throws Exception {
    Entrances entrances =
        (login, entrant) -> new Entrances.Entry.Refused("The user me is locked: lost laptop");
    try (NodeRig rig = rig(entrances)) {
      OpenSsh.Ended ended = rig.ssh("hello");
      assertThat(ended.status()).isEqualTo(255);
      assertThat(ended.err()).contains("The user me is locked: lost laptop");
      assertThat(ended.text()).isEmpty();
    }
  }

  @Test
  void whenNobodyCanDecideNobodyComesIn() throws Exception {
    Entrances entrances =
        (login, entrant) -> {
          throw new IOException("Nobody can say.");
        };
    try (NodeRig rig = rig(entrances)) {
      OpenSsh.Ended ended = rig.ssh("hello");
      assertThat(ended.status()).isEqualTo(255);
      assertThat(ended.err()).contains("Nobody can say.");
    }
  }

  @Test
  void whatAClientWantsWaitsUntilItIsDecided() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch decided = new CountDownLatch(1);
    Entrances entrances =
        (login, entrant) -> {
          asked.countDown();
          await(decided);
          return new Entrances.Entry.Admitted(Terms.FREE, () -> {});
        };
    try (NodeRig rig = rig(entrances)) {
      CompletableFuture<OpenSsh.Ended> running =
          CompletableFuture.supplyAsync(() -> run(rig, InputStream.nullInputStream(), "hello"));
      await(asked);
      assertThat(running).isNotDone();
      decided.countDown();
      assertThat(running.get(60, TimeUnit.SECONDS).text()).startsWith("Exec[command=hello]");
    }
  }

  @Test
  void aConnectionIsEndedWithASentenceAndThatIsToldOnce() throws Exception {
    CompletableFuture<Entrant> inside = new CompletableFuture<>();
    AtomicInteger ended = new AtomicInteger();
    Entrances entrances =
        (login, entrant) -> {
          inside.complete(entrant);
          return new Entrances.Entry.Admitted(Terms.FREE, ended::incrementAndGet);
        };
    try (NodeRig rig = rig(entrances);
        PipedOutputStream typed = new PipedOutputStream();
        PipedInputStream input = new PipedInputStream(typed)) {
      CompletableFuture<OpenSsh.Ended> running =
          CompletableFuture.supplyAsync(() -> run(rig, input, "cat"));
      typed.write("one\n".getBytes(UTF_8));
      typed.flush();
      Entrant entrant = inside.get(60, TimeUnit.SECONDS);
      Awaitility.await().until(() -> rig.connections() == 1);
      assertThat(ended).hasValue(0);
      entrant.end("Your role was taken away.");
      OpenSsh.Ended end = running.get(60, TimeUnit.SECONDS);
      assertThat(end.status()).isEqualTo(255);
      assertThat(end.err()).contains("Your role was taken away.");
      Awaitility.await().untilAsserted(() -> assertThat(ended).hasValue(1));
      entrant.end("Again.");
      assertThat(entrant.isOver()).isTrue();
      assertThat(ended).hasValue(1);
    }
  }

  @Test
  void theTermsTakeAwayFromWhatTheKeyAndTheSettingsAllow() throws Exception {
    RoleOptions options = RoleOptions.NONE.withMaxSessions(0).withPortForwarding(false);
    Entrances entrances =
        (login, entrant) -> new Entrances.Entry.Admitted(new Terms("me", options), () -> {});
    try (NodeRig rig = rig(entrances)) {
      assertThat(rig.ssh("hello").err()).contains("may have 0 (MaxSessions)");
      assertThat(rig.ssh("", "-W", "127.0.0.1:" + rig.port()).err())
          .contains("administratively prohibited");
    }
  }

  private NodeRig rig(Entrances entrances) throws Exception {
    return new NodeRig(directory, Passwords.NONE, entrances).authorize("");
  }

  private static OpenSsh.Ended run(NodeRig rig, InputStream input, String command) {
    try {
      return rig.ssh(input, command);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
