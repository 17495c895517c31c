package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ServerTest {
  private static final FarAddress APP = FarAddress.loopback(8888);

  private final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Trouble> trouble = new AtomicReference<>();
  private final Server server =
      new Server("me@far", this::session, ForwardSettings.usual(), () -> {});

  private Session session() throws FarFailure {
    Trouble now = trouble.get();
    if (now != null) {
      throw new FarFailure(now);
    }
    FakeSession session = new FakeSession();
    sessions.add(session);
    return session;
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(30));
  }

  private static ByteBuffer request() {
    return ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void theFirstConnectionMakesTheSessionAndOthersUseIt() throws Exception {
    assertThat(server.state().phase()).isEqualTo(ServerState.Phase.IDLE);
    try (FarStream one = server.open(APP, soon());
        FarStream other = server.open(APP, soon())) {
      assertThat(one).isNotSameAs(other);
    }
    assertThat(sessions).hasSize(1);
    assertThat(server.state().phase()).isEqualTo(ServerState.Phase.CONNECTED);
  }

  @Test
  void aConnectionThroughASilentSessionIsMadeThroughANewOneAndNothingWasWrittenToTheOld()
      throws Exception {
    server.open(APP, soon()).close();
    FakeSession old = sessions.getFirst();
    old.fallSilent();
    try (FarStream stream = server.open(APP, soon())) {
      stream.write(request());
    }
    assertThat(sessions).hasSize(2);
    assertThat(old.streams).allMatch(stream -> stream.written().isEmpty());
    assertThat(sessions.get(1).streams.getFirst().written()).startsWith("GET");
  }

  /** One whose sessions are suspect after a moment. */
  private Server wary() {
    ForwardSettings usual = ForwardSettings.usual();
    return new Server(
        "me@far",
        this::session,
        new ForwardSettings(Duration.ofMillis(1), usual.idle(), usual.dead(), false),
        () -> {});
  }

  private static void awaitSuspect(Server wary) {
    Awaitility.await().until(() -> wary.state().phase() == ServerState.Phase.SUSPECT);
  }

  @Test
  void aRequestOnAnOpenConnectionIsNotWrittenIntoASessionThatMayBeDead() throws Exception {
    Server wary = wary();
    try (FarStream stream = wary.open(APP, soon())) {
      FakeSession session = sessions.getFirst();
      session.fallSilent();
      awaitSuspect(wary);
      int before = session.asked.get();
      CompletableFuture<Boolean> failed =
          CompletableFuture.supplyAsync(() -> {
            try {
              stream.write(request());
              return false;
            } catch (IOException e) {
              return true;
            }
          });
      Awaitility.await().until(() -> session.asked.get() > before);
      session.close();
      assertThat(failed.get()).isTrue();
      assertThat(session.streams.getFirst().written()).isEmpty();
    }
  }

  @Test
  void aRequestOnAnOpenConnectionIsWrittenOnceTheServerHasAnswered() throws Exception {
    Server wary = wary();
    try (FarStream stream = wary.open(APP, soon())) {
      FakeSession session = sessions.getFirst();
      awaitSuspect(wary);
      int before = session.asked.get();
      stream.write(request());
      assertThat(session.asked.get()).isGreaterThan(before);
      assertThat(session.streams.getFirst().written()).startsWith("GET");
    }
  }

  @Test
  void whatARetryCannotHelpIsToldAtOnceAndNotTriedAgainSoon() {
    trouble.set(new Trouble.NeedsPerson("me@far", "Password:"));
    assertThatThrownBy(() -> server.open(APP, soon()))
        .isInstanceOf(FarFailure.class)
        .hasMessageContaining("needs a person (Password:)");
    trouble.set(null);
    assertThatThrownBy(() -> server.open(APP, soon())).isInstanceOf(FarFailure.class);
    assertThat(sessions).isEmpty();
  }

  @Test
  void aServerThatIsAwayIsTriedAgainWhileSomebodyWaits() throws Exception {
    trouble.set(new Trouble.Unreachable("me@far", "no route"));
    CompletableFuture<FarStream> waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return server.open(APP, soon());
          } catch (FarFailure e) {
            throw new IllegalStateException(e);
          }
        });
    Awaitility.await().until(() -> server.state().trouble().isPresent());
    trouble.set(null);
    waiting.get().close();
    assertThat(sessions).hasSize(1);
  }

  @Test
  void whoHasNoTimeIsToldWhyTheServerIsAway() {
    trouble.set(new Trouble.Unreachable("me@far", "no route"));
    assertThatThrownBy(() -> server.open(APP, Deadline.in(Duration.ofMillis(50))))
        .hasMessageContaining("no route");
  }

  @Test
  void aCommandRunsInAProvedSession() throws Exception {
    assertThat(server.exec("uname", new byte[0], 100, soon())).asString().isEqualTo("uname");
  }

  @Test
  void aSessionThatIsHeldIsMadeAheadAndAgain() {
    try (Server.Hold _ = server.hold()) {
      Awaitility.await().until(() -> sessions.size() == 1 && server.tend());
      sessions.getFirst().close();
      Awaitility.await().until(() -> server.tend() && sessions.size() == 2);
    }
  }

  @Test
  void afterAChangeOfTheNetworkTheSessionIsAskedBeforeItIsUsed() throws Exception {
    server.open(APP, soon()).close();
    FakeSession session = sessions.getFirst();
    int before = session.asked.get();
    server.networkChanged();
    assertThat(server.state().phase()).isEqualTo(ServerState.Phase.SUSPECT);
    Awaitility.await().until(() -> server.tend() && session.asked.get() > before);
    Awaitility.await().until(() -> server.state().phase() == ServerState.Phase.CONNECTED);
    assertThat(sessions).hasSize(1);
  }

  @Test
  void sparesAreUsedForAProvedApp() throws Exception {
    server.learn(APP, 4);
    server.open(APP, soon()).close();
    FakeSession session = sessions.getFirst();
    Awaitility.await().until(() -> session.streams.size() > 1);
    int made = session.streams.size();
    FarStream spare = server.open(APP, soon());
    spare.write(request());
    assertThat(session.streams.subList(0, made)).anyMatch(it -> it.written().startsWith("GET"));
    spare.close();
  }
}
