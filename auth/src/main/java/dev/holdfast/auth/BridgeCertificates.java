package dev.holdfast.auth;

import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.BridgeOrder;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.NodeOrder;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SignedLogin;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The certificates by which a proxy that records stands between a user and a node: it shows the one
 * to the user, and the other to the node, which it gets only for who has just signed a login to it.
 * Thread-safe.
 */
final class BridgeCertificates {
  /** How long a user's is valid: for one login. */
  static final Duration USER_TIME = Duration.ofMinutes(2);

  /** How long a host's is valid; a proxy has it made anew in time. */
  static final Duration HOST_TIME = Duration.ofHours(1);

  static final List<String> TABLES =
      List.of("create table used_logins (session text primary key, ends bigint not null)");

  private final String cluster;
  private final Database database;
  private final CertificateAuthority authority;
  private final LocalCluster local;

  BridgeCertificates(
      String cluster, Database database, CertificateAuthority authority, LocalCluster local) {
    this.cluster = cluster;
    this.database = database;
    this.authority = authority;
    this.local = local;
  }

  // ---- the proxy as a node ----

  /** Certifies a proxy's key for the names of a node, if anybody is to be recorded by proxies. */
  Issued forNode(NodeRecord proxy, NodeOrder order) throws IOException {
    SshPublicKey key = CertificateAuthority.key(order.key());
    NodeRecord node =
        database.transact(tx -> {
          if (UserTable.roles(tx).stream().noneMatch(BridgeCertificates::wantsProxies)) {
            throw new InvalidRecordException("No role wants sessions to be recorded by a proxy.");
          }
          if (MachineTable.byKey(tx, key.line()).isPresent()) {
            throw new InvalidRecordException("The key of a machine is certified for itself alone.");
          }
          return node(tx, order.node());
        });
    return authority.issueForBridge(
        key, node.id(), ApiCalls.names(cluster, node), HOST_TIME, proxy.name());
  }

  private static boolean wantsProxies(Role role) {
    return role.options().recording().filter(RecordingMode::isOfProxy).isPresent();
  }

  private static NodeRecord node(Tx tx, String name) throws SQLException {
    return MachineTable.byName(tx, ServiceKind.NODE, name)
        .orElseThrow(() ->
            new InvalidRecordException("There is no node %s.".formatted(Names.printable(name))));
  }

  // ---- the proxy as a user ----

  /** Certifies a proxy's key for a login of a user who has signed it. */
  Issued forUser(NodeRecord proxy, BridgeOrder order) throws IOException {
    SignedLogin.Claim claim = claim(order);
    InetAddress from = address(order.address());
    Identity.Person person = person(claim, from);
    User user = person.user();
    NodeRecord node = database.transact(tx -> node(tx, order.node()));
    decide(user, claim.user(), node);
    RoleSet who =
        database.transact(tx -> {
          use(tx, claim, person.validBefore());
          return UserTable.roleSet(tx, user);
        });
    if (who.options().recording().filter(RecordingMode::isOfProxy).isEmpty()) {
      throw new InvalidRecordException(
          "The sessions of %s are not recorded by a proxy.".formatted(user.name()));
    }
    return authority.issueForBridge(
        who,
        CertificateAuthority.key(order.key()),
        principals(who, claim.user(), node),
        USER_TIME,
        proxy.name());
  }

  private static SignedLogin.Claim claim(BridgeOrder order) {
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      return new SignedLogin(decoder.decode(order.signed()), decoder.decode(order.signature()))
          .verified();
    } catch (MalformedKeyException | IllegalArgumentException e) {
      throw new InvalidRecordException("No user has signed that login: " + e.getMessage() + ".");
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidRecordException("The address is one of IPv4 or IPv6.");
    }
  }

  private Identity.Person person(SignedLogin.Claim claim, InetAddress from) throws IOException {
    if (!claim.shown().isCertificate()) {
      throw new InvalidRecordException("The login was signed by a key without a certificate.");
    }
    return switch (local.identify(claim.shown().blob(), from)) {
      case Identity.Person person -> person;
      case Identity.Nobody(String sentence) -> throw new InvalidRecordException(sentence);
      case Identity.Machine _ ->
          throw new InvalidRecordException("The certificate is not a user's.");
    };
  }

  private void decide(User user, String login, NodeRecord node) throws IOException {
    Decision decision = local.decide(user.name(), login, node.name());
    switch (decision) {
      // That a node is offline is for its tunnel to show.
      case Decision.Allowed _, Decision.Offline _ -> {}
      case Decision.Denied _,
          Decision.Locked _,
          Decision.Unknown _,
          Decision.Ambiguous _,
          Decision.Undecided _ ->
          throw new InvalidRecordException(decision.sentence());
    }
  }

  /** Once: what was signed for one session is good for nothing else, as long as it is believed. */
  private static void use(Tx tx, SignedLogin.Claim claim, Instant ends) throws SQLException {
    tx.update("delete from used_logins where ends < ?", tx.nowMillis());
    int added =
        tx.update(
            "insert into used_logins (session, ends) values (?, ?) on conflict do nothing",
            Recordings.hash(claim.session()),
            ends.toEpochMilli());
    if (added == 0) {
      throw new InvalidRecordException("That login was used already; log in anew.");
    }
  }

  /** Of his own those that are for that account of that node. */
  private static List<String> principals(RoleSet who, String login, NodeRecord node) {
    List<String> principals = new ArrayList<>();
    if (who.loginsEverywhere().contains(login)) {
      principals.add(login);
    }
    principals.add(login + "@" + node.name());
    return principals;
  }
}
