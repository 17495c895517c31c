package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Ed25519;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.auth.TicketKeyTable.Row;
import dev.holdfast.auth.TicketKeyTable.State;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The keys by which a cluster's proxies sign tickets (PROTOCOL.ticket, section 8). One signs; the
 * next one is believed everywhere before anybody has it; what a former one signed counts until it
 * ends. A proxy's removal takes its turn at once, and withdraws what that proxy had. Thread-safe.
 */
final class TicketKeyBook {
  /** How long a key signs at least. */
  static final Duration PERIOD = Duration.ofDays(1);

  /** For proxies to hear of a change; until then they sign with the key of before. */
  static final Duration SLACK = Duration.ofMinutes(5);

  /** Keys that count at once because tickets last long. */
  private static final int MOST_TURNS = 16;

  /** Keys that a proxy is told of, below what it can know. */
  private static final int MOST_KNOWN = TicketKeys.MOST - 4;

  /** Keys that count when somebody has them turned; the daily turns need room for theirs. */
  static final int MOST_TURNED = MOST_KNOWN - MOST_TURNS;

  private static final int MOST_TRIES = 3;

  private final Database database;
  private final AuditTrail trail;
  private final CertificateAuthority authority;
  private final Feed feed;
  private final SecureRandom random;

  TicketKeyBook(
      Database database,
      AuditTrail trail,
      CertificateAuthority authority,
      Feed feed,
      SecureRandom random) {
    this.database = database;
    this.trail = trail;
    this.authority = authority;
    this.feed = feed;
    this.random = random;
  }

  /**
   * Gives a proxy the key that signs, and the public halves of those that count besides.
   *
   * @param renewable how long a ticket by that proxy may count
   */
  TicketKeySet hand(NodeRecord proxy, Duration renewable) throws IOException {
    AuthorityKeys.Key root = authority.signing(Authority.Kind.HOST);
    for (int i = 0; i < MOST_TRIES; i++) {
      turnIfDue();
      make(State.CURRENT, root);
      make(State.NEXT, root);
      List<Row> rows = trail.change((tx, events) -> give(tx, events, proxy, renewable));
      Row signs =
          rows.stream()
              .filter(row -> row.state() == State.CURRENT)
              .findFirst()
              .orElseThrow(() -> new IOException("The cluster has no key for tickets."));
      Optional<byte[]> secret = open(signs);
      if (secret.isPresent()) {
        keepSealed(rows, root);
        return set(rows, signs, secret.get());
      }
      turn("replaced, for the authority's key that opens it is gone", Duration.ZERO);
    }
    throw new IOException("The cluster's keys for tickets can't be opened; see the log.");
  }

  private static List<Row> give(
      Tx tx, List<AuditEvent> events, NodeRecord proxy, Duration renewable) throws SQLException {
    TicketKeyTable.lengthen(tx, renewable);
    List<Row> rows = TicketKeyTable.known(tx, MOST_KNOWN);
    for (Row row : rows) {
      if (row.state() == State.CURRENT && TicketKeyTable.hand(tx, row.shown(), proxy.id())) {
        events.add(
            AuditEvent.of(
                AuditCode.TICKET_KEY_HANDED,
                "",
                "key",
                name(row.shown()),
                "server_id",
                proxy.id(),
                "server_name",
                proxy.name()));
      }
    }
    return rows;
  }

  private static TicketKeySet set(List<Row> rows, Row signs, byte[] secret) {
    return new TicketKeySet(
        signs.shown(),
        TicketSeal.base64(secret),
        shown(rows, State.NEXT, State.FORMER),
        shown(rows, State.WITHDRAWN, State.WITHDRAWN));
  }

  private static List<String> shown(List<Row> rows, State one, State other) {
    return rows.stream()
        .filter(row -> row.state() == one || row.state() == other)
        .map(Row::shown)
        .toList();
  }

  // ---- turns ----

  private void turnIfDue() throws IOException {
    if (database.transact(TicketKeyBook::isDue)) {
      turn("the next one signs", PERIOD);
    }
  }

  /** The next one has to be believed everywhere. */
  private static boolean isDue(Tx tx) throws SQLException {
    Optional<Row> signs = TicketKeyTable.the(tx, State.CURRENT);
    Optional<Row> next = TicketKeyTable.the(tx, State.NEXT);
    long now = tx.nowMillis();
    return signs.isPresent()
        && next.isPresent()
        && now - signs.get().since() >= period(signs.get()).toMillis()
        && now - next.get().since() >= SLACK.toMillis();
  }

  private static Duration period(Row signs) {
    Duration part = signs.longest().dividedBy(MOST_TURNS);
    return part.compareTo(PERIOD) > 0 ? part : PERIOD;
  }

  /** Of several services that see at once that it is due, one does it. */
  private void turn(String how, Duration ifOlder) throws IOException {
    boolean turned =
        trail.change((tx, events) -> {
          tx.revision();
          if (ifOlder.isPositive() && !isDue(tx)) {
            return false;
          }
          events.add(changed("", how, tx));
          TicketKeyTable.advance(tx, SLACK);
          return true;
        });
    if (turned) {
      feed.nudge();
    }
  }

  /**
   * The next key signs from now on, because somebody wants it. It has to be believed everywhere,
   * and so many former ones can be told of.
   */
  void turn(String by) throws IOException {
    trail.change((tx, events) -> {
      tx.revision();
      Optional<Row> next = TicketKeyTable.the(tx, State.NEXT);
      if (next.isEmpty() || TicketKeyTable.the(tx, State.CURRENT).isEmpty()) {
        throw new InvalidRecordException(
            "There is no key that could sign next; a proxy has to ask for keys first.");
      }
      long left = next.get().since() + SLACK.toMillis() - tx.nowMillis();
      if (left > 0) {
        throw new InvalidRecordException(
            "Not every proxy knows the next key yet; try again in %d s."
                .formatted(left / 1000 + 1));
      }
      if (TicketKeyTable.known(tx, MOST_KNOWN).size() > MOST_TURNED) {
        throw new InvalidRecordException(
            "Tickets by too many former keys still count; try again when some have ended.");
      }
      events.add(changed(by, "turned; the next one signs", tx));
      TicketKeyTable.advance(tx, SLACK);
      return true;
    });
    make(State.NEXT, authority.signing(Authority.Kind.HOST));
    feed.nudge();
  }

  private static AuditEvent changed(String by, String how, Tx tx) throws SQLException {
    String next = TicketKeyTable.the(tx, State.NEXT).map(row -> name(row.shown())).orElse("");
    return AuditEvent.of(AuditCode.TICKET_KEY_CHANGED, by, "change", how, "key", next);
  }

  /** A machine is no member any more: what it could sign counts for no more than coming back. */
  static void left(Tx tx, List<AuditEvent> events, String by, NodeRecord machine)
      throws SQLException {
    if (machine.kind() == ServiceKind.PROXY && TicketKeyTable.holds(tx, machine.id())) {
      events.add(changed(by, "withdrawn from " + machine.name() + "; the next one signs", tx));
      TicketKeyTable.advance(tx, SLACK);
      TicketKeyTable.withdraw(tx, machine.id());
    }
  }

  // ---- keys ----

  private void make(State state, AuthorityKeys.Key root) throws IOException {
    if (database.transact(tx -> TicketKeyTable.the(tx, state)).isPresent()) {
      return;
    }
    KeyPair pair = generate();
    TicketSeal.Sealed sealed =
        seal(Ed25519.rawPublic(pair.getPublic()), Ed25519.rawPrivate(pair.getPrivate()), root);
    trail.change((tx, events) -> {
      boolean added = TicketKeyTable.add(tx, state, sealed);
      if (added) {
        DocumentTable.touch(tx, Kind.TICKET_KEY, "changed");
        events.add(
            AuditEvent.of(
                AuditCode.TICKET_KEY_CHANGED,
                "",
                "change",
                "made as " + state,
                "key",
                name(sealed.shown())));
      }
      return added;
    });
    feed.nudge();
  }

  private static KeyPair generate() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  private TicketSeal.Sealed seal(byte[] shown, byte[] secret, AuthorityKeys.Key root) {
    return TicketSeal.seal(shown, secret, root.root(), root.signer().key().fingerprint(), random);
  }

  /** The private half; empty if nobody can open it any more. */
  private Optional<byte[]> open(Row row) throws IOException {
    Optional<AuthorityKeys.Key> by = authority.find(row.sealedBy());
    if (by.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TicketSeal.open(decoded(row.shown()), row.sealed(), by.get().root()));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** A former authority's key may be removed some day. */
  private void keepSealed(List<Row> rows, AuthorityKeys.Key root) throws IOException {
    for (Row row : rows) {
      boolean other =
          !row.sealed().isEmpty() && !row.sealedBy().equals(root.signer().key().fingerprint());
      Optional<byte[]> secret = other ? open(row) : Optional.empty();
      if (secret.isPresent()) {
        TicketSeal.Sealed again = seal(decoded(row.shown()), secret.get(), root);
        database.transact(tx -> TicketKeyTable.reseal(tx, again));
      }
    }
  }

  private static byte[] decoded(String shown) {
    return Base64.getDecoder().decode(shown);
  }

  private static String name(String shown) {
    return TicketKey.nameOf(decoded(shown));
  }
}
