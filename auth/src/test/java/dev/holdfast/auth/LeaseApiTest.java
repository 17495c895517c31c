package dev.holdfast.auth;

import static dev.holdfast.auth.LeaseRig.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Change;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Lease;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Leases;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.LeaseQuery;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases over the API: what a machine, a user and an administrator may do with them. */
@Timeout(120)
final class LeaseApiTest {
  private static final LeaseAnswer HELD = new LeaseAnswer.Held(Duration.ofSeconds(2));

  @TempDir Path directory;
  private final KeyPair alice = SshKeys.generateEd25519();
  private final KeyPair machine = SshKeys.generateEd25519();
  private AuthRig rig;
  private RemoteCluster cluster;
  private Leases leases;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory);
    try (ApiClient host = rig.host()) {
      host.call(ApiMethod.ROLE_SET, LeaseRig.role(1), Done.class);
      user(host, "alice", alice);
      user(host, "bob", SshKeys.generateEd25519());
      TokenOrder order =
          new TokenOrder(
              JoinToken.Purpose.NODE,
              Optional.empty(),
              Optional.empty(),
              Labels.NONE,
              Optional.empty(),
              List.of());
      join(host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text());
    }
    cluster = new RemoteCluster(listener -> rig.client("machine", machine, listener));
    leases = cluster.leases("whatever it says");
  }

  private static void user(ApiClient host, String name, KeyPair key) throws IOException {
    User user =
        new User(
            name, List.of("limited"), List.of(SshKeys.line(key.getPublic())), Optional.empty());
    host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
  }

  private void join(String token) throws IOException {
    try (ApiClient api = rig.client("join", machine)) {
      api.call(
          ApiMethod.JOIN,
          new JoinOrder(token, Optional.of("web"), Labels.NONE, List.of(), Optional.empty()),
          Joined.class);
    }
  }

  @AfterEach
  void end() {
    cluster.close();
    rig.close();
  }

  @Test
  void aMachineTakesRenewsReleasesAndDrops() throws Exception {
    LeaseOrder order = order("alice");
    assertThat(leases.take(order)).isEqualTo(HELD);
    assertThat(leases.take(order("alice"))).isEqualTo(new LeaseAnswer.Full(1, 0));
    assertThat(leases.take(order("bob"))).isEqualTo(HELD);
    assertThat(leases.renew(List.of(new LeaseRenewal(order.id(), true))))
        .isEqualTo(Map.of(order.id(), LeaseRenewal.State.HELD));
    leases.release(List.of(order.id()));
    assertThat(leases.take(order("alice"))).isEqualTo(HELD);
    leases.drop(List.of(EPOCH));
    assertThat(leases.take(order("alice"))).isEqualTo(HELD);
  }

  @Test
  void aUserSeesAndEndsHisOwnAndHisNodeHearsOfIt() throws Exception {
    LeaseOrder own = order("alice");
    LeaseOrder bobs = order("bob");
    leases.take(own);
    leases.take(bobs);
    leases.renew(List.of(new LeaseRenewal(own.id(), true), new LeaseRenewal(bobs.id(), true)));
    List<Change> changes = new CopyOnWriteArrayList<>();
    try (AutoCloseable watch = cluster.watch(changes::add);
        ApiClient api = rig.client("alice", alice)) {
      AuthRig.await(() -> changes.contains(new Change.Missed()));
      assertThat(api.list(ApiMethod.LEASES, new LeaseQuery(Optional.empty()), Lease.class))
          .singleElement()
          .satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(own.id());
            assertThat(lease.machineName()).isEqualTo("web");
            assertThat(lease.detached()).isTrue();
          });
      LeaseQuery others = new LeaseQuery(Optional.of("bob"));
      assertThatThrownBy(() -> api.list(ApiMethod.LEASES, others, Lease.class))
          .hasMessage("You may see your own connections only.");
      assertThatThrownBy(() -> api.call(ApiMethod.LEASE_REMOVE, new Named(bobs.id()), Done.class))
          .hasMessage("There is no lease %s.".formatted(bobs.id()));
      api.call(ApiMethod.LEASE_REMOVE, new Named(own.id()), Done.class);
      AuthRig.await(() -> changes.contains(new Change.UserChanged("alice")));
      assertThat(watch).isNotNull();
    }
    assertThat(leases.renew(List.of(new LeaseRenewal(own.id(), true))))
        .containsValue(LeaseRenewal.State.ENDING);
  }

  /** Nobody asks for a slot meanwhile: the service looks by itself. */
  @Test
  void whatIsNotRenewedIsSweptAway() throws Exception {
    leases.take(order("alice"));
    try (ApiClient host = rig.host()) {
      LeaseQuery all = new LeaseQuery(Optional.empty());
      assertThat(host.list(ApiMethod.LEASES, all, Lease.class)).hasSize(1);
      AuthRig.await(() -> host.list(ApiMethod.LEASES, all, Lease.class).isEmpty());
    }
    assertThat(rig.log()).contains("\"code\":\"T1016I\"");
  }

  @Test
  void nobodyButAMachineTakesLeases() throws Exception {
    try (ApiClient api = rig.client("alice", alice)) {
      assertThatThrownBy(() -> api.call(ApiMethod.LEASE_TAKE, order("alice"), LeaseAnswer.class))
          .hasMessageStartingWith("You may not call leases.take");
    }
  }

  private static LeaseOrder order(String user) {
    return new LeaseOrder(java.util.UUID.randomUUID().toString(), user, EPOCH, "root", "192.0.2.1");
  }
}
