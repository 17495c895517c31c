package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keys of tickets, on a database. */
@Timeout(120)
final class TicketKeyBookTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final NodeRecord ONE = proxy("p1");
  private static final NodeRecord OTHER = proxy("p2");

  @TempDir Path directory;
  private Database database;
  private AuditTrail trail;
  private CertificateAuthority authority;
  private Feed feed;
  private TicketKeyBook book;

  @BeforeEach
  void open() throws IOException {
    database = Database.open("sqlite:" + directory.resolve("store.db"));
    trail = new AuditTrail(database);
    authority = authority();
    feed = Feed.start(database);
    book = book();
  }

  private CertificateAuthority authority() throws IOException {
    return CertificateAuthority.open(
        database, trail, AuthorityKeys.open(directory.resolve("authorities")));
  }

  private TicketKeyBook book() {
    return new TicketKeyBook(database, trail, authority, feed, new SecureRandom());
  }

  @AfterEach
  void close() {
    feed.close();
    database.close();
  }

  @Test
  void allProxiesSignByOneKeyAndTheNextIsBelievedBeforeAnybodyHasIt() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    assertThat(book.hand(OTHER, DAY)).isEqualTo(first);
    assertThat(first.believed()).hasSize(1);
    time(DAY.plusMinutes(1));
    TicketKeySet second = book.hand(ONE, DAY);
    assertThat(second.signs()).isEqualTo(first.believed().getFirst());
    assertThat(second.believed()).contains(first.signs()).hasSize(2);
    assertThat(second.withdrawn()).isEmpty();
  }

  @Test
  void aKeySignsForItsPeriod() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    time(DAY.minusMinutes(1));
    assertThat(book.hand(ONE, DAY)).isEqualTo(first);
  }

  @Test
  void aFormerKeyCountsAsLongAsTheLongestTicketByItMay() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    book.hand(OTHER, DAY.multipliedBy(3));
    time(DAY.plusMinutes(1));
    assertThat(book.hand(ONE, DAY).believed()).contains(first.signs());
    time(DAY.multipliedBy(3).minusMinutes(1));
    assertThat(book.hand(ONE, DAY).believed()).contains(first.signs());
    time(TicketKeyBook.SLACK.plusMinutes(2));
    assertThat(book.hand(ONE, DAY).believed()).doesNotContain(first.signs());
  }

  @Test
  void whatARemovedProxyHadIsWithdrawnAndTheNextKeySigns() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    trail.change((tx, events) -> {
      TicketKeyBook.left(tx, events, "root", OTHER);
      return true;
    });
    // That one never had a key.
    assertThat(book.hand(ONE, DAY)).isEqualTo(first);
    book.hand(OTHER, DAY);
    trail.change((tx, events) -> {
      TicketKeyBook.left(tx, events, "root", OTHER);
      return true;
    });
    TicketKeySet after = book.hand(ONE, DAY);
    assertThat(after.signs()).isEqualTo(first.believed().getFirst());
    assertThat(after.withdrawn()).containsExactly(first.signs());
    assertThat(after.believed()).hasSize(1).doesNotContain(first.signs());
    time(DAY.plusMinutes(6));
    assertThat(book.hand(ONE, DAY).withdrawn()).isEmpty();
  }

  @Test
  void turnedByHandTheNextKeySignsAtOnceAndTheFormerOneCounts() throws Exception {
    assertThatThrownBy(() -> book.turn("root"))
        .hasMessage("There is no key that could sign next; a proxy has to ask for keys first.");
    TicketKeySet first = book.hand(ONE, DAY);
    assertThatThrownBy(() -> book.turn("root"))
        .hasMessageMatching(
            "Not every proxy knows the next key yet; try again in (29\\d|300) s\\.");
    assertThat(book.hand(ONE, DAY)).isEqualTo(first);
    time(TicketKeyBook.SLACK);
    book.turn("alice");
    TicketKeySet second = book.hand(ONE, DAY);
    assertThat(second.signs()).isEqualTo(first.believed().getFirst());
    assertThat(second.believed()).contains(first.signs()).hasSize(2);
    assertThat(second.withdrawn()).isEmpty();
    assertThat(sealed(first.signs())).isEmpty();
    List<String> events =
        database.transact(tx ->
            tx.all(
                row -> row.getString(1),
                "select body from audit where event = 'ticket_key.change'"));
    assertThat(events)
        .filteredOn(it -> it.contains("turned; the next one signs"))
        .singleElement()
        .satisfies(it -> assertThat(it).contains("\"user\":\"alice\""));
  }

  @Test
  void soManyKeysAreTurnedByHandThatTicketsOfAllOfThemCount() throws Exception {
    book.hand(ONE, DAY.multipliedBy(30));
    for (int i = 0; i < TicketKeyBook.MOST_TURNED - 1; i++) {
      time(TicketKeyBook.SLACK);
      book.turn("root");
      book.hand(ONE, DAY.multipliedBy(30));
    }
    time(TicketKeyBook.SLACK);
    assertThatThrownBy(() -> book.turn("root"))
        .hasMessage("Tickets by too many former keys still count; try again when some have ended.");
  }

  @Test
  void manyAtOnceMakeAndTurnOneKey() throws Exception {
    List<TicketKeySet> sets = together(() -> book().hand(ONE, DAY));
    assertThat(sets).extracting(TicketKeySet::signs).containsOnly(sets.getFirst().signs());
    String next = book.hand(ONE, DAY).believed().getFirst();
    time(DAY.plusMinutes(1));
    List<TicketKeySet> turned = together(() -> book().hand(ONE, DAY));
    assertThat(turned).extracting(TicketKeySet::signs).containsOnly(next);
  }

  private static List<TicketKeySet> together(Callable<TicketKeySet> task) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TicketKeySet>> all =
          Stream.generate(() -> threads.submit(task)).limit(8).toList();
      for (Future<TicketKeySet> one : all) {
        one.get();
      }
      return all.stream().map(Future::resultNow).toList();
    }
  }

  // ---- what is at rest, and what is told ----

  @Test
  void whoHasTheDatabaseAloneHasNoKey() throws Exception {
    TicketKeySet handed = book.hand(ONE, DAY);
    byte[] secret = Base64.getDecoder().decode(handed.secret());
    String bytes = atRest("store.db") + atRest("store.db-wal");
    assertThat(bytes.contains(handed.signs())).isTrue();
    assertThat(bytes.contains(handed.secret())).isFalse();
    assertThat(bytes.contains(new String(secret, ISO_8859_1))).isFalse();
    String sealed = sealed(handed.signs());
    byte[] shown = Base64.getDecoder().decode(handed.signs());
    AuthorityKeys.Key host = authority.signing(Authority.Kind.HOST);
    assertThat(TicketSeal.open(shown, sealed, host.root())).isEqualTo(secret);
    assertThatThrownBy(
            () -> TicketSeal.open(shown, sealed, authority.signing(Authority.Kind.USER).root()))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> TicketSeal.open(new byte[32], sealed, host.root()))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private String atRest(String file) throws IOException {
    return Files.readString(directory.resolve(file), ISO_8859_1);
  }

  @Test
  void aFormerKeysPrivateHalfIsForgotten() throws Exception {
    String first = book.hand(ONE, DAY).signs();
    time(DAY.plusMinutes(1));
    book.hand(ONE, DAY);
    assertThat(sealed(first)).isEmpty();
  }

  @Test
  void whatHappensToKeysIsAuditedAndNothingSecretIsInIt() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    book.hand(ONE, DAY);
    time(DAY.plusMinutes(1));
    TicketKeySet second = book.hand(ONE, DAY);
    List<String> events =
        database.transact(tx ->
            tx.all(
                row -> row.getString(1),
                "select body from audit where event like 'ticket_key.%' order by seq"));
    assertThat(events)
        .filteredOn(it -> it.contains("ticket_key.hand"))
        .hasSize(2)
        .allMatch(it -> it.contains("\"server_name\":\"p1\""));
    assertThat(events).anyMatch(it -> it.contains("the next one signs"));
    for (TicketKeySet handed : List.of(first, second)) {
      assertThat(events).noneMatch(it -> it.contains(handed.secret()));
      assertThat(handed.toString()).doesNotContain(handed.secret());
    }
  }

  @Test
  void aChangedAuthorityOpensThemTooAndTheFormerOnesKeyMayGo() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    String former = authority.signing(Authority.Kind.HOST).signer().key().fingerprint();
    authority.rotate(Authority.Kind.HOST, Phase.BEGIN);
    authority.rotate(Authority.Kind.HOST, Phase.SWITCH);
    assertThat(book.hand(ONE, DAY)).isEqualTo(first);
    lose(former);
    assertThat(book.hand(ONE, DAY)).isEqualTo(first);
  }

  @Test
  void keysThatNobodyCanOpenAnyMoreAreReplacedAndStillBelieved() throws Exception {
    TicketKeySet first = book.hand(ONE, DAY);
    String former = authority.signing(Authority.Kind.HOST).signer().key().fingerprint();
    authority.rotate(Authority.Kind.HOST, Phase.BEGIN);
    authority.rotate(Authority.Kind.HOST, Phase.SWITCH);
    lose(former);
    TicketKeySet second = book.hand(ONE, DAY);
    assertThat(second.believed()).contains(first.signs());
    assertThat(second.signs()).isNotEqualTo(first.signs());
  }

  /** The file with an authority's key is gone when the service starts again. */
  private void lose(String fingerprint) throws IOException {
    AuthorityKeys keys = AuthorityKeys.open(directory.resolve("authorities"));
    keys.discard(new Authority(Authority.Kind.HOST, Authority.State.FORMER, "unused", fingerprint));
    authority = authority();
    book = book();
  }

  private String sealed(String shown) throws IOException {
    return database
        .transact(tx ->
            tx.first(
                row -> row.getString(1),
                "select sealed from ticket_keys where public_key = ?",
                shown))
        .orElseThrow();
  }

  /** So much time passes. */
  private void time(Duration time) throws IOException {
    database.transact(tx ->
        tx.update(
            """
            update ticket_keys set
              made = made - ?, since = since - ?, believed_until = believed_until - ?
            """,
            time.toMillis(),
            time.toMillis(),
            time.toMillis()));
  }

  private static NodeRecord proxy(String name) {
    return new NodeRecord(
        "id-" + name,
        ServiceKind.PROXY,
        name,
        "ssh-ed25519 AAAA",
        Labels.NONE,
        List.of(),
        List.of(),
        "1",
        Optional.empty(),
        true);
  }
}
