package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Role;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What administrators change. Each change and its audit event are one. Thread-safe. */
final class Administration {
  private final ApiCalls.Parts parts;

  Administration(ApiCalls.Parts parts) {
    this.parts = parts;
  }

  private <T> T change(AuditTrail.Change<T> change) throws IOException {
    T result = parts.trail().change(change);
    parts.feed().nudge();
    return result;
  }

  Done setUser(Caller by, UserOrder order) throws IOException {
    User user = order.user();
    user.keys().forEach(Administration::check);
    return change((tx, events) -> {
      if (order.isNew() && UserTable.user(tx, user.name()).isPresent()) {
        throw new InvalidRecordException("There is a user %s already.".formatted(user.name()));
      }
      UserTable.put(tx, user);
      events.add(
          AuditEvent.of(
              AuditCode.USER_SET,
              by.name(),
              "name",
              user.name(),
              "roles",
              String.join(",", user.roles()),
              "keys",
              user.keys().size()));
      return ApiCalls.done();
    });
  }

  /** A key is one that can sign, and no certificate. */
  static void check(String line) {
    SshPublicKey key = CertificateAuthority.key(line);
    if (key.isCertificate()) {
      throw new InvalidRecordException("A certificate is no key of a user; give the key itself.");
    }
  }

  Done removeUser(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      there(UserTable.remove(tx, named.name()), "user", named.name());
      events.add(AuditEvent.of(AuditCode.USER_REMOVED, by.name(), "name", named.name()));
      return ApiCalls.done();
    });
  }

  Done setRole(Caller by, Role role) throws IOException {
    return change((tx, events) -> {
      DocumentTable.put(tx, Kind.ROLE, role.name(), role);
      events.add(
          AuditEvent.of(
              AuditCode.ROLE_SET,
              by.name(),
              "name",
              role.name(),
              "role",
              dev.holdfast.access.Records.write(role).line()));
      return ApiCalls.done();
    });
  }

  Done removeRole(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      there(UserTable.removeRole(tx, named.name()), "role", named.name());
      events.add(AuditEvent.of(AuditCode.ROLE_REMOVED, by.name(), "name", named.name()));
      return ApiCalls.done();
    });
  }

  Done removeToken(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      there(TokenTable.remove(tx, named.name()), "join token", named.name());
      events.add(AuditEvent.of(AuditCode.TOKEN_REMOVED, by.name(), "token", named.name()));
      return ApiCalls.done();
    });
  }

  Done removeMachine(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      Optional<NodeRecord> machine = MachineTable.remove(tx, named.name());
      there(machine.isPresent(), "node", named.name());
      events.add(
          AuditEvent.of(
              AuditCode.MACHINE_REMOVED,
              by.name(),
              "name",
              machine.map(NodeRecord::name).orElse(""),
              "server_id",
              machine.map(NodeRecord::id).orElse("")));
      TicketKeyBook.left(tx, events, by.name(), machine.orElseThrow());
      return ApiCalls.done();
    });
  }

  Done removeFactor(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      there(SecondFactor.remove(tx, named.name()), "second factor of", named.name());
      events.add(
          AuditEvent.of(
              AuditCode.SECOND_FACTOR_SET, by.name(), "name", named.name(), "change", "removed"));
      return ApiCalls.done();
    });
  }

  Lock setLock(Caller by, LockOrder order) throws IOException {
    if (order.time().filter(it -> !it.isPositive()).isPresent()) {
      throw new InvalidRecordException("A lock lasts for more than no time.");
    }
    return change((tx, events) -> {
      Optional<Instant> expires = order.time().map(timeFrom(tx.now()));
      Lock lock =
          new Lock(
              UUID.randomUUID().toString().substring(0, 8),
              order.target(),
              order.reason(),
              expires);
      DocumentTable.put(tx, Kind.LOCK, lock.id(), lock);
      events.add(
          AuditEvent.of(
              AuditCode.LOCK_SET,
              by.name(),
              "lock",
              lock.id(),
              "target",
              lock.target(),
              "reason",
              lock.reason()));
      return lock;
    });
  }

  private static java.util.function.Function<Duration, Instant> timeFrom(Instant now) {
    return now::plus;
  }

  Done removeLock(Caller by, Named named) throws IOException {
    return change((tx, events) -> {
      there(DocumentTable.remove(tx, Kind.LOCK, named.name()), "lock", named.name());
      events.add(AuditEvent.of(AuditCode.LOCK_REMOVED, by.name(), "lock", named.name()));
      return ApiCalls.done();
    });
  }

  private static void there(boolean found, String what, String name) {
    if (!found) {
      throw new InvalidRecordException("There is no %s %s.".formatted(what, Names.printable(name)));
    }
  }
}
