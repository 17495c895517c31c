package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.User;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Dialogue;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in to the auth service: users by a key that is registered for them and their second
 * factor, or by a certificate; machines by their host key; newcomers by any key, who may then do
 * nothing but join. Thread-safe.
 */
final class AuthAdmissions implements Admissions {
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final Database database;
  private final AuditTrail trail;

  AuthAdmissions(Database database, AuditTrail trail) {
    this.database = database;
    this.trail = trail;
  }

  @Override
  public Admission byKey(String user, SocketAddress from, SshPublicKey shown) throws IOException {
    if (user.equals(Names.NEWCOMER)) {
      return shown.isCertificate()
          ? new Admission.Refused()
          : admitted(shown, new Caller.Newcomer(shown));
    }
    return database.transact(tx -> byKey(tx, user, from, shown));
  }

  private static Admission byKey(Tx tx, String name, SocketAddress from, SshPublicKey shown)
      throws SQLException {
    return switch (LocalCluster.identify(tx, shown, address(from))) {
      case Identity.Nobody nobody -> new Admission.Refused();
      case Identity.Machine(NodeRecord machine) ->
          name.equals(Names.MACHINE)
              ? admitted(shown, new Caller.Machine(machine))
              : new Admission.Refused();
      case Identity.Person person ->
          person.user().name().equals(name)
              ? person(tx, person.user(), from, shown)
              : new Admission.Refused();
    };
  }

  private static Admission person(Tx tx, User user, SocketAddress from, SshPublicKey shown)
      throws SQLException {
    if (UserTable.lockOf(tx, user).isPresent()) {
      return new Admission.AskBesides(); // To tell him so.
    }
    RoleSet who = UserTable.roleSet(tx, user);
    if (shown.isCertificate()) {
      return admitted(shown, new Caller.Person(who, Caller.Proof.CERTIFICATE, text(from)));
    }
    if (SecondFactor.isSet(tx, user.name())) {
      return new Admission.AskBesides();
    }
    Caller.Proof proof =
        who.options().secondFactor().orElse(false) ? Caller.Proof.FACTOR_WANTED : Caller.Proof.FULL;
    return admitted(shown, new Caller.Person(who, proof, text(from)));
  }

  private static Admission admitted(SshPublicKey shown, Caller caller) {
    return new Admission.Admitted(
        new Credential.Key(shown.type(), shown.fingerprint()), Permissions.ALL, caller);
  }

  @Override
  public Admission byDialogue(
      String user, SocketAddress from, @Nullable SshPublicKey proven, Dialogue dialogue)
      throws IOException {
    if (proven == null) {
      return new Admission.Refused();
    }
    Optional<Lock> lock =
        database.transact(tx -> {
          Optional<User> found = UserTable.user(tx, user);
          return found.isEmpty() ? Optional.empty() : UserTable.lockOf(tx, found.get());
        });
    if (lock.isPresent()) {
      trail.recordRefusal(AuditCode.LOGIN_REFUSED, user, "reason", lock.get().sentence());
      dialogue.ask("", lock.get().sentence(), List.of());
      return new Admission.Refused();
    }
    List<String> answers =
        dialogue.ask("", "", List.of(new Dialogue.Question("One-time code: ", true)));
    boolean right = database.transact(tx -> SecondFactor.verify(tx, user, answers.getFirst()));
    if (!right) {
      trail.recordRefusal(AuditCode.LOGIN_REFUSED, user, "reason", "wrong one-time code");
      return new Admission.Refused();
    }
    return database.transact(tx -> {
      Optional<User> found = UserTable.user(tx, user);
      return found.isEmpty()
          ? new Admission.Refused()
          : admitted(
              proven,
              new Caller.Person(UserTable.roleSet(tx, found.get()), Caller.Proof.FULL, text(from)));
    });
  }

  private static InetAddress address(SocketAddress from) {
    return from instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? inet.getAddress()
        : NOWHERE;
  }

  private static String text(SocketAddress from) {
    return from instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? inet.getAddress().getHostAddress().replaceFirst("%.*", "")
        : "";
  }
}
