package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logins with the first key's signature at once, and what becomes of them otherwise. */
@Timeout(60)
final class EagerLoginTest {
  private final KeyPair host = SshKeys.generateEd25519();
  private final KeyPair known = SshKeys.generateEd25519();
  private final KeyPair stranger = SshKeys.generateEd25519();

  /** The keys that the server was asked about, in their order. */
  private final List<PublicKey> asked = Collections.synchronizedList(new ArrayList<>());

  /** The keys that signed. */
  private final List<PublicKey> signed = Collections.synchronizedList(new ArrayList<>());

  private final ServerEngine server =
      ServerEngine.start(List.of(host), this::accepts, (_, _) -> null, RekeyMeter.DEFAULT_LIMIT);
  private final ClientEngine client = ClientEngine.start(RekeyMeter.DEFAULT_LIMIT);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private boolean accepts(Login login, PublicKey key) {
    asked.add(key);
    return SshKeys.areSame(known.getPublic(), key);
  }

  /** Keys of which the first may sign at once, or not. */
  private final class Keys implements LoginKeys {
    private final List<KeyPair> pairs;
    private final boolean isAtHand;
    private final boolean signs;

    Keys(boolean isAtHand, boolean signs, KeyPair... pairs) {
      this.pairs = List.of(pairs);
      this.isAtHand = isAtHand;
      this.signs = signs;
    }

    @Override
    public List<PublicKey> keys() {
      return pairs.stream().map(KeyPair::getPublic).toList();
    }

    @Override
    public Optional<KeyPair> pair(PublicKey key) {
      signed.add(key);
      return pairs.stream()
          .filter(pair -> pair.getPublic().equals(key) && (signs || pair != pairs.getFirst()))
          .findFirst();
    }

    @Override
    public boolean isAtHand(PublicKey key) {
      return isAtHand;
    }

    @Override
    public Optional<Agent> agentOf(PublicKey key) {
      return Optional.empty();
    }
  }

  private void logIn(LoginKeys keys, ClientOffer offer) throws Exception {
    Pipe pipe = new Pipe();
    server.accept(pipe.server);
    Target target =
        new Target(
            "me",
            Optional.of(keys),
            List.of(),
            LoginPerson.NOBODY,
            HostKeyCheck.only(host.getPublic()),
            false,
            offer,
            Rig.PATIENCE);
    client.connect(pipe.client, target).close();
  }

  @Test
  void aKeyAtHandIsShownOnceWithItsSignature() throws Exception {
    logIn(new Keys(true, true, known), ClientOffer.ALL);
    assertThat(signed).containsExactly(known.getPublic());
    assertThat(asked).containsExactly(known.getPublic());
  }

  @Test
  void anyOtherKeySignsOnlyWhatTheServerWouldTake() throws Exception {
    logIn(new Keys(false, true, stranger, known), ClientOffer.ALL);
    assertThat(signed).containsExactly(known.getPublic());
    assertThat(asked).containsExactly(stranger.getPublic(), known.getPublic(), known.getPublic());
  }

  @Test
  void aKeyThatWasNotTakenIsNotShownAgainAndTheNextOneGetsIn() throws Exception {
    logIn(new Keys(true, true, stranger, known), ClientOffer.ALL);
    assertThat(asked).filteredOn(stranger.getPublic()::equals).hasSize(1);
    assertThat(asked).endsWith(known.getPublic());
  }

  @Test
  void aKeyThatDoesNotSignAfterAllKeepsNobodyOut() throws Exception {
    logIn(new Keys(true, false, stranger, known), ClientOffer.ALL);
    assertThat(asked).endsWith(known.getPublic());
  }

  @Test
  void aKeyOfATypeThatIsNotOfferedDoesNotSign() {
    ClientOffer all = ClientOffer.ALL;
    ClientOffer others =
        new ClientOffer(
            all.keyExchanges(),
            all.ciphers(),
            all.macs(),
            List.of("rsa-sha2-512"),
            Optional.empty());
    assertThatThrownBy(() -> logIn(new Keys(true, true, known), others))
        .isInstanceOf(SshFailure.class);
    assertThat(signed).isEmpty();
    assertThat(asked).isEmpty();
  }
}
