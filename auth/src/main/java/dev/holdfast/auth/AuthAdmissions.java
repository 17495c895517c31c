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
 * Who may log in to the auth service: users by a key that is registered for them or the identity
 * provider, and their second factor, or by a certificate; machines by their host key; newcomers by
 * any key, who may then do nothing but join. Thread-safe.
 */
final class AuthAdmissions implements Admissions {
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final Database database;
  private final AuditTrail trail;
  private final @Nullable ProviderLogin provider;

  /**
   * Admissions.
   *
   * @param provider null if there is none
   */
  AuthAdmissions(Database database, AuditTrail trail, @Nullable ProviderLogin provider) {
    this.database = database;
    this.trail = trail;
    this.provider = provider;
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
    return admitted(shown, new Caller.Person(who, proof(who, false), text(from)));
  }

  private static Admission admitted(SshPublicKey shown, Caller caller) {
    return new Admission.Admitted(
        new Credential.Key(shown.type(), shown.fingerprint()), Permissions.ALL, caller);
  }

  @Override
  public Admission byDialogue(
      String user, SocketAddress from, @Nullable SshPublicKey proven, Dialogue dialogue)
      throws IOException {
    if (proven != null) {
      return besides(user, from, new Credential.Key(proven.type(), proven.fingerprint()), dialogue);
    }
    if (provider == null || !Names.isName(user)) {
      return new Admission.Refused();
    }
    return switch (provider.logIn(user, dialogue)) {
      case ProviderUsers.Outcome.Is(User it, _) ->
          besides(it.name(), from, new Credential.KeyboardInteractive(), dialogue);
      case ProviderUsers.Outcome.IsNobody(String sentence) ->
          refused(user, from, sentence, dialogue);
    };
  }

  /** Where he was known by the provider he is not asked for another code. */
  private Admission refused(String user, SocketAddress from, String sentence, Dialogue dialogue)
      throws IOException {
    note(user, from, sentence);
    dialogue.end(sentence);
    return new Admission.Refused();
  }

  private void note(String user, SocketAddress from, String reason) {
    trail.recordRefusal(AuditCode.LOGIN_REFUSED, user, "reason", reason, "from", text(from));
  }

  /** What is asked of somebody who has proven who he is. */
  private Admission besides(
      String name, SocketAddress from, Credential credential, Dialogue dialogue)
      throws IOException {
    Optional<Lock> lock =
        database.transact(tx -> {
          Optional<User> found = UserTable.user(tx, name);
          return found.isEmpty() ? Optional.empty() : UserTable.lockOf(tx, found.get());
        });
    if (lock.isPresent() && !(credential instanceof Credential.Key)) {
      return refused(name, from, lock.get().sentence(), dialogue);
    }
    if (lock.isPresent()) {
      note(name, from, lock.get().sentence());
      dialogue.ask("", lock.get().sentence(), List.of());
      return new Admission.Refused();
    }
    boolean isSet = database.transact(tx -> SecondFactor.isSet(tx, name));
    if (isSet || credential instanceof Credential.Key) {
      List<String> answers =
          dialogue.ask("", "", List.of(new Dialogue.Question("One-time code: ", true)));
      if (!database.transact(tx -> SecondFactor.verify(tx, name, answers.getFirst()))) {
        note(name, from, "wrong one-time code");
        return new Admission.Refused();
      }
    }
    return database.transact(tx -> admitted(tx, name, from, credential, isSet));
  }

  private static Admission admitted(
      Tx tx, String name, SocketAddress from, Credential credential, boolean hasFactor)
      throws SQLException {
    Optional<User> found = UserTable.user(tx, name);
    if (found.isEmpty()) {
      return new Admission.Refused();
    }
    RoleSet who = UserTable.roleSet(tx, found.get());
    return new Admission.Admitted(
        credential, Permissions.ALL, new Caller.Person(who, proof(who, hasFactor), text(from)));
  }

  private static Caller.Proof proof(RoleSet who, boolean hasFactor) {
    return !hasFactor && who.options().secondFactor().orElse(false)
        ? Caller.Proof.FACTOR_WANTED
        : Caller.Proof.FULL;
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
