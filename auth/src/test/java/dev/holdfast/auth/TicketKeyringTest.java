package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Change;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.link.Destination;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy has of the keys of tickets, at a real service. */
@Timeout(120)
final class TicketKeyringTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path directory;
  private final KeyPair key = SshKeys.generateEd25519();
  private AuthRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory.resolve("auth"));
  }

  @AfterEach
  void end() {
    rig.close();
  }

  @Test
  void aProxyIsHandedTheKeysAndANodeIsRefusedAndAudited() throws Exception {
    try (Membership proxy = join(ServiceKind.PROXY, key);
        Membership node = join(ServiceKind.NODE, SshKeys.generateEd25519())) {
      assertThat(proxy.ticketKeys(DAY).secret()).isNotEmpty();
      assertThatThrownBy(() -> node.ticketKeys(DAY))
          .isInstanceOfSatisfying(
              ApiFailure.class, it -> assertThat(it.code()).isEqualTo(ApiFailure.Code.REFUSED));
      assertThat(rig.log()).contains("ticket_key.hand", "\"method\":\"tickets.keys\"");
    }
    try (ApiClient host = rig.host()) {
      assertThatThrownBy(() ->
              host.call(
                  ApiMethod.TICKET_KEYS, new ApiRecords.TicketKeyQuery(DAY), TicketKeySet.class))
          .isInstanceOf(ApiFailure.class);
    }
  }

  @Test
  void whatIsKeptIsForNobodyElseAndCountsWhileNobodyCanBeAsked() throws Exception {
    byte[] signed;
    try (Membership proxy = join(ServiceKind.PROXY, key);
        TicketKeyring ring = TicketKeyring.open(proxy, directory, DAY)) {
      assertThat(ring.get().canSign()).isTrue();
      signed = ring.get().sign(TicketOf.anybody());
    }
    Path file = directory.resolve(TicketKeyring.FILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String id = known().id();
    TicketKeyring alone = away(id, Instant.now().plus(TicketKeyring.KEPT).minusSeconds(60));
    assertThat(alone.get().read(signed).onlyReturns()).isFalse();
    assertThat(away(id, Instant.now().plus(TicketKeyring.KEPT)).get().canSign()).isFalse();
    assertThat(away("another", Instant.now()).get().canSign()).isFalse();
  }

  /** A keyring that begins at that time with nobody to ask. */
  private TicketKeyring away(String machine, Instant at) throws IOException {
    TicketKeyring ring =
        new TicketKeyring(
            () -> {
              throw new IOException("The auth service is not reached.");
            },
            machine,
            directory.resolve(TicketKeyring.FILE),
            () -> at);
    ring.load();
    assertThat(ring.learn()).isFalse();
    return ring;
  }

  @Test
  void whoIsRemovedKeepsNothingAndTheOthersHearOfIt() throws Exception {
    KeyPair otherKey = SshKeys.generateEd25519();
    try (Membership removed = join(ServiceKind.PROXY, key);
        Membership other = join(ServiceKind.PROXY, otherKey);
        TicketKeyring its = TicketKeyring.open(removed, directory.resolve("its"), DAY);
        TicketKeyring ring = TicketKeyring.open(other, directory, DAY);
        ApiClient host = rig.host()) {
      for (Membership member : List.of(removed, other)) {
        member.live(() -> new Membership.Places(List.of(), List.of()), line -> {});
      }
      byte[] ticket = its.get().sign(TicketOf.anybody());
      assertThat(ring.get().read(ticket).onlyReturns()).isFalse();
      host.call(ApiMethod.MACHINE_REMOVE, new Named(removed.id()), Done.class);
      AuthRig.await(() -> ring.get().read(ticket).onlyReturns());
      AuthRig.await(() -> !its.get().canSign());
      assertThat(directory.resolve("its").resolve(TicketKeyring.FILE)).doesNotExist();
      assertThatThrownBy(() -> removed.ticketKeys(DAY)).isInstanceOf(IOException.class);
      assertThat(rig.log()).contains("withdrawn from");
    }
  }

  @Test
  void keysAskedForBeforeTheRemovalAndToldAfterItAreNotKept() throws Exception {
    try (Membership proxy = join(ServiceKind.PROXY, key)) {
      TicketKeyring[] ring = new TicketKeyring[1];
      ring[0] =
          new TicketKeyring(
              () -> {
                TicketKeySet told = proxy.ticketKeys(DAY);
                ring[0].take(new Change.NodeRemoved(proxy.id(), proxy.name()));
                return told;
              },
              proxy.id(),
              directory.resolve(TicketKeyring.FILE),
              Instant::now);
      assertThat(ring[0].learn()).isFalse();
      assertThat(ring[0].get().canSign()).isFalse();
      assertThat(directory.resolve(TicketKeyring.FILE)).doesNotExist();
    }
  }

  @Test
  void aServiceInTheSameProcessIsHandedThemToo() throws Exception {
    try (Membership proxy = rig.enrol(settings(ServiceKind.PROXY, key));
        TicketKeyring ring = TicketKeyring.open(proxy, directory, DAY)) {
      assertThat(ring.get().canSign()).isTrue();
    }
  }

  // ---- doing ----

  private Membership.Settings settings(ServiceKind kind, KeyPair pair) {
    String name = "m" + SshKeys.fingerprint(pair.getPublic()).hashCode();
    return new Membership.Settings(
        kind, name.replace("-", ""), pair, directory.resolve(name), Labels.NONE, "1");
  }

  private Membership join(ServiceKind kind, KeyPair pair) throws IOException {
    JoinToken.Purpose purpose =
        kind == ServiceKind.PROXY ? JoinToken.Purpose.PROXY : JoinToken.Purpose.NODE;
    return Membership.open(settings(kind, pair), entry(token(purpose)));
  }

  private Membership known() throws IOException {
    try (Membership member = Membership.open(settings(ServiceKind.PROXY, key), entry(List.of()))) {
      return member;
    }
  }

  private Membership.Entry entry(List<String> tokens) {
    return new Membership.Entry(
        List.of(new Destination("127.0.0.1", rig.port())), tokens, Optional.empty());
  }

  private List<String> token(JoinToken.Purpose purpose) throws IOException {
    try (ApiClient host = rig.host()) {
      TokenOrder order =
          new TokenOrder(
              purpose,
              Optional.empty(),
              Optional.empty(),
              Labels.NONE,
              Optional.empty(),
              List.of());
      return List.of(host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text());
    }
  }
}
