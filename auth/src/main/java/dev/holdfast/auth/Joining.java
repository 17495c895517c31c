package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * How machines and invited people get in: whoever holds a key and a join token is known by that key
 * from then on. Thread-safe.
 */
final class Joining {
  private final ApiCalls.Parts parts;

  Joining(ApiCalls.Parts parts) {
    this.parts = parts;
  }

  MadeToken make(Caller by, TokenOrder order) throws IOException {
    MadeToken made =
        parts
            .trail()
            .change((tx, events) -> {
              Authority host =
                  AuthorityTable.the(tx, Authority.Kind.HOST, Authority.State.CURRENT)
                      .orElseThrow(
                          () -> new InvalidRecordException("The cluster has no authority."));
              for (String role : order.roles()) {
                if (UserTable.role(tx, role).isEmpty()) {
                  throw new InvalidRecordException("There is no role %s.".formatted(role));
                }
              }
              JoinSecret secret =
                  JoinSecret.make(order.purpose(), host.fingerprint(), parts.random());
              JoinToken token =
                  new JoinToken(
                      secret.id(),
                      order.purpose(),
                      tx.now().plus(order.time().orElse(TokenOrder.USUAL_TIME)),
                      order.uses().orElse(1),
                      order.labels(),
                      order.name().orElse(""),
                      order.roles());
              TokenTable.add(tx, token, secret.hash());
              events.add(
                  AuditEvent.of(
                      AuditCode.TOKEN_MADE,
                      by.name(),
                      "token",
                      token.id(),
                      "purpose",
                      token.purpose(),
                      "expires",
                      token.expires()));
              return new MadeToken(secret.text(), token);
            });
    parts.feed().nudge();
    return made;
  }

  /** What came of it, before anything is signed. */
  private sealed interface Outcome {
    record Refused(String sentence) implements Outcome {}

    record MachineIn(NodeRecord machine) implements Outcome {}

    record UserIn(String name) implements Outcome {}
  }

  Joined join(Caller.Newcomer newcomer, JoinOrder order) throws IOException {
    JoinSecret shown = JoinSecret.parse(order.token());
    Outcome outcome;
    try {
      outcome =
          parts
              .trail()
              .change((tx, events) -> {
                Outcome came = join(tx, newcomer.key(), shown, order);
                events.add(event(came, shown, newcomer.key()));
                return came;
              });
    } catch (InvalidRecordException e) {
      // The token is as it was, for nothing of this was done.
      parts
          .trail()
          .recordRefusal(AuditCode.JOIN_REFUSED, "", "token", shown.id(), "reason", e.sentence());
      throw e;
    }
    parts.feed().nudge();
    return switch (outcome) {
      case Outcome.Refused(String sentence) ->
          throw new ApiFailure(ApiFailure.Code.REFUSED, sentence);
      case Outcome.UserIn(String name) ->
          new Joined(parts.cluster(), name, "", "", parts.local().authorities());
      case Outcome.MachineIn(NodeRecord machine) ->
          new Joined(
              parts.cluster(),
              machine.name(),
              machine.id(),
              parts
                  .authority()
                  .issueForHost(
                      newcomer.key(), machine.id(), ApiCalls.names(parts.cluster(), machine))
                  .certificate(),
              parts.local().authorities());
    };
  }

  /** A service in this process joins, or is here again. */
  NodeRecord enrol(Membership.Settings settings, SshPublicKey key) throws IOException {
    NodeRecord machine =
        parts
            .trail()
            .change((tx, events) -> {
              boolean isNew = MachineTable.byKey(tx, key.line()).isEmpty();
              NodeRecord joined =
                  MachineTable.join(
                      tx,
                      new NodeRecord(
                          UUID.randomUUID().toString(),
                          settings.kind(),
                          settings.name(),
                          key.line(),
                          Labels.NONE,
                          List.of(),
                          List.of(),
                          settings.version(),
                          Optional.empty(),
                          false),
                      settings.labels());
              if (isNew) {
                events.add(
                    AuditEvent.of(
                        AuditCode.JOINED,
                        "",
                        "name",
                        joined.name(),
                        "server_id",
                        joined.id(),
                        "kind",
                        joined.kind(),
                        "fingerprint",
                        key.fingerprint()));
              }
              return joined;
            });
    parts.feed().nudge();
    return machine;
  }

  private Outcome join(Tx tx, SshPublicKey key, JoinSecret shown, JoinOrder order)
      throws SQLException {
    boolean pinned =
        AuthorityTable.believed(tx).stream()
            .anyMatch(one ->
                one.kind() == Authority.Kind.HOST && one.fingerprint().equals(shown.fingerprint()));
    if (!pinned) {
      return new Outcome.Refused(
          "This join token is of another cluster, or of before its authority was changed; ask for"
              + " a new one.");
    }
    return switch (TokenTable.redeem(tx, shown)) {
      case TokenTable.Redeemed.Bad(String sentence) -> new Outcome.Refused(sentence);
      case TokenTable.Redeemed.Good(JoinToken token) ->
          token.purpose() == JoinToken.Purpose.USER
              ? user(tx, key, token)
              : machine(tx, key, token, order);
    };
  }

  private static Outcome user(Tx tx, SshPublicKey key, JoinToken token) throws SQLException {
    Optional<User> before = UserTable.user(tx, token.name());
    List<String> keys = new ArrayList<>(before.map(User::keys).orElse(List.of()));
    keys.add(key.line());
    List<String> roles = before.map(User::roles).orElse(token.roles());
    UserTable.put(tx, new User(token.name(), roles, keys, before.flatMap(User::subject)));
    return new Outcome.UserIn(token.name());
  }

  private static Outcome machine(Tx tx, SshPublicKey key, JoinToken token, JoinOrder order)
      throws SQLException {
    String name = order.name().orElse(token.name());
    if (!token.name().isEmpty() && !token.name().equals(name)) {
      throw new InvalidRecordException(
          "This join token is for a machine called %s.".formatted(token.name()));
    }
    ServiceKind kind =
        token.purpose() == JoinToken.Purpose.PROXY ? ServiceKind.PROXY : ServiceKind.NODE;
    if (UserTable.byKey(tx, key.line()).isPresent()) {
      throw new InvalidRecordException("This key is a user's; a machine has one of its own.");
    }
    return new Outcome.MachineIn(
        MachineTable.join(
            tx,
            new NodeRecord(
                UUID.randomUUID().toString(),
                kind,
                name,
                key.line(),
                token.labels(),
                order.addresses(),
                List.of(),
                order.version().orElse(""),
                Optional.empty(),
                false),
            order.labels()));
  }

  private static AuditEvent event(Outcome outcome, JoinSecret shown, SshPublicKey key) {
    return switch (outcome) {
      case Outcome.Refused(String sentence) ->
          AuditEvent.of(
              AuditCode.JOIN_REFUSED,
              "",
              "token",
              shown.id(),
              "reason",
              sentence,
              "fingerprint",
              key.fingerprint());
      case Outcome.UserIn(String name) ->
          AuditEvent.of(
              AuditCode.JOINED, name, "token", shown.id(), "fingerprint", key.fingerprint());
      case Outcome.MachineIn(NodeRecord machine) ->
          AuditEvent.of(
              AuditCode.JOINED,
              "",
              "token",
              shown.id(),
              "name",
              machine.name(),
              "server_id",
              machine.id(),
              "kind",
              machine.kind(),
              "fingerprint",
              key.fingerprint());
    };
  }
}
