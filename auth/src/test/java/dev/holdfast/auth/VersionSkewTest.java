package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Documents;
import dev.holdfast.access.Grant;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Json;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.ssh.SshKeys;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API between two versions that are neighbours (docs/compatibility.md). */
@Timeout(120)
final class VersionSkewTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  @TempDir Path directory;

  @Test
  void aMachineReadsWhatANewerServiceTells() throws Exception {
    try (RemoteCluster cluster = new RemoteCluster(ScriptedService.of("newer-service.jsonl"))) {
      assertThat(cluster.machines(ServiceKind.NODE))
          .singleElement()
          .satisfies(it -> assertThat(it.name()).isEqualTo("web1"));
      assertThat(cluster.authorities())
          .extracting(Authority::fingerprint)
          .containsExactly("SHA256:one");
      assertThat(cluster.locks())
          .singleElement()
          .satisfies(it -> assertThat(it.target().name()).isEqualTo("alice"));
      cluster.heartbeat(new Heartbeat("a", Labels.NONE, List.of(), List.of(), "1"));
      // A code of an error that is not known is one that may pass.
      assertThatThrownBy(() -> cluster.record(AuditEvent.of(AuditCode.LOGIN, "alice")))
          .isInstanceOfSatisfying(
              ApiFailure.class, it -> assertThat(it.code()).isEqualTo(ApiFailure.Code.INTERNAL))
          .hasMessage("The log is sealed.");
    }
  }

  @Test
  void aDecisionThatIsNotUnderstoodLetsNobodyIn() throws Exception {
    try (RemoteCluster cluster = new RemoteCluster(ScriptedService.of("newer-service.jsonl"))) {
      assertThat(cluster.decide("alice", "root", "web1"))
          .isEqualTo(new Decision.Locked(RemoteCluster.NEWER));
      assertThat(cluster.identify(new byte[] {1}, HERE))
          .isEqualTo(new Identity.Nobody(RemoteCluster.NEWER));
    }
  }

  @Test
  void aChangeThatIsNotKnownHasAllDecidedAnewAndAnotherNotificationIsPassedOver() throws Exception {
    BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    try (RemoteCluster cluster = new RemoteCluster(ScriptedService.of("newer-service.jsonl"));
        AutoCloseable _ = cluster.watch(changes::add)) {
      assertThat(List.of(take(changes), take(changes), take(changes)))
          .containsExactlyInAnyOrder(
              new Change.Missed(), new Change.UserChanged("alice"), new Change.Missed());
    }
  }

  private static Change take(BlockingQueue<Change> changes) throws InterruptedException {
    Change change = changes.poll(60, TimeUnit.SECONDS);
    assertThat(change).isNotNull();
    return change;
  }

  @Test
  void aMachineOfANewerVersionJoinsAndSaysMoreThanIsKnown() throws Exception {
    try (AuthRig rig = new AuthRig(directory)) {
      KeyPair key = SshKeys.generateEd25519();
      String id = join(rig, key);
      try (ApiClient api = rig.client("machine", key)) {
        String beat =
            """
            {"id":"%s","labels":{},"addresses":[],"proxies":[],"version":"0.2.0",
             "zone":"eu","load":{"connections":1,"sessions":2,"begun":3,"fans":[7]}}
            """
                .formatted(id);
        assertThat(api.call("machines.heartbeat", Json.parse(beat)))
            .isEqualTo(Json.parse("{\"done\":true}"));
        String event =
            """
            {"code":"tape_rewound","user":"alice","fields":{"tape":"t1"},"severity":"high"}
            """;
        api.call("audit.record", Json.parse(event));
        assertThatThrownBy(() -> api.call("machines.rewind", Json.members()))
            .isInstanceOfSatisfying(
                ApiFailure.class, it -> assertThat(it.code()).isEqualTo(ApiFailure.Code.NO_METHOD));
      }
      assertThat(rig.cluster().machines(ServiceKind.NODE))
          .singleElement()
          .satisfies(it -> assertThat(it.online()).isTrue());
      assertThat(rig.log()).contains("\"code\":\"T9000I\"", "\"tape\":\"t1\"");
    }
  }

  @Test
  void aMachineOfAnOlderVersionSaysLess() throws Exception {
    try (AuthRig rig = new AuthRig(directory)) {
      KeyPair key = SshKeys.generateEd25519();
      String id = join(rig, key);
      try (ApiClient api = rig.client("machine", key)) {
        assertThat(
                api.call(
                    "machines.heartbeat",
                    Json.parse("{\"id\":\"%s\",\"version\":\"0.0\"}".formatted(id))))
            .isEqualTo(Json.parse("{\"done\":true}"));
        assertThat(api.call("changes.watch", Json.members())).isNotNull();
      }
    }
  }

  @Test
  void whatAPersonWantsAndIsNotKnownIsRefusedAndNotDoneByHalves() throws Exception {
    try (AuthRig rig = new AuthRig(directory)) {
      KeyPair key = SshKeys.generateEd25519();
      try (ApiClient host = rig.host()) {
        host.call(
            ApiMethod.ROLE_SET,
            new Role(
                "dev",
                Grant.of(LabelSelector.parse("*=*"), "deploy"),
                Grant.NONE,
                RoleOptions.NONE),
            Done.class);
        User alice =
            new User(
                "alice", List.of("dev"), List.of(SshKeys.line(key.getPublic())), Optional.empty());
        host.call(ApiMethod.USER_SET, new UserOrder(alice, true), Done.class);
      }
      try (ApiClient api = rig.client("alice", key)) {
        Json order =
            Json.members("key", Json.of(SshKeys.line(key.getPublic())), "only_read", Json.of(true));
        assertThatThrownBy(() -> api.call("certificate.issue", order))
            .hasMessage(
                "The parameters: there is no member 'only_read' here; known are key, time,"
                    + " pin_source.");
      }
    }
  }

  private static String join(AuthRig rig, KeyPair key) throws Exception {
    String token;
    try (ApiClient host = rig.host()) {
      Documents.TokenOrder order =
          new Documents.TokenOrder(
              JoinToken.Purpose.NODE,
              Optional.empty(),
              Optional.empty(),
              Labels.NONE,
              Optional.of("web1"),
              List.of());
      token = host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text();
    }
    try (ApiClient api = rig.client("join", key)) {
      Json joined =
          api.call(
              "join",
              Json.members("token", Json.of(token), "name", Json.of("web1"), "zone", Json.of("e")));
      return ScriptedService.text((Json.Members) joined, "id");
    }
  }
}
