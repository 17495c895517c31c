package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Ticket.Standing;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketTest {
  private static final Instant AT = Instant.ofEpochSecond(1_800_000_000);
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.7");
  private static final InetAddress OTHER = InetAddress.ofLiteral("198.51.100.4");

  private final TicketKey cluster = TicketKey.generate();
  private final TicketKey client = TicketKey.generate();

  private Ticket ticket(List<Network> networks) {
    return new Ticket(
        new byte[16],
        AT,
        AT.plusSeconds(600),
        AT.plusSeconds(86_400),
        client.shown(),
        "ada",
        "root",
        "web1",
        networks);
  }

  @Test
  void isReadAsItWasSigned() throws Exception {
    Ticket ticket = ticket(List.of(Network.parse("192.0.2.0/24"), Network.parse("2001:db8::/48")));
    assertThat(TicketKeys.of(cluster).read(ticket.signed(cluster)).ticket()).isEqualTo(ticket);
  }

  @Test
  void countsForNobodyOnceAnyByteOfItIsChangedOrMissing() {
    byte[] signed = ticket(List.of(Network.parse("192.0.2.0/24"))).signed(cluster);
    TicketKeys keys = TicketKeys.of(cluster);
    for (int i = 0; i < signed.length; i++) {
      byte[] changed = signed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> keys.read(changed)).isInstanceOf(TicketException.class);
      byte[] cut = Arrays.copyOf(signed, i);
      assertThatThrownBy(() -> keys.read(cut)).isInstanceOf(TicketException.class);
    }
  }

  @Test
  void countsOnlyIfAClusterKeySignedIt() throws Exception {
    byte[] signed = ticket(List.of()).signed(cluster);
    assertThatThrownBy(() -> TicketKeys.of(TicketKey.generate()).read(signed))
        .hasMessageContaining("nobody of this cluster");
    TicketKeys both = new TicketKeys(TicketKey.generate(), List.of(cluster.shown()));
    assertThat(both.read(signed).ticket().node()).isEqualTo("web1");
  }

  @Test
  void aWithdrawnKeysTicketOnlyReturns() throws Exception {
    byte[] signed = ticket(List.of()).signed(cluster);
    TicketKeys after = new TicketKeys(TicketKey.generate(), List.of(), List.of(cluster.shown()));
    assertThat(after.read(signed).onlyReturns()).isTrue();
    assertThat(TicketKeys.of(cluster).read(signed).onlyReturns()).isFalse();
  }

  @Test
  void withoutKeysNothingIsBelievedOrSigned() {
    byte[] signed = ticket(List.of()).signed(cluster);
    assertThat(TicketKeys.NONE.canSign()).isFalse();
    assertThatThrownBy(() -> TicketKeys.NONE.read(signed)).isInstanceOf(TicketException.class);
  }

  @Test
  void believesNoMoreKeysThanItsBound() {
    assertThatThrownBy(() ->
            new TicketKeys(
                cluster,
                List.of(cluster.shown()),
                Collections.nCopies(TicketKeys.MOST - 1, cluster.shown())))
        .isInstanceOf(TicketException.class);
    assertThatThrownBy(
            () -> new TicketKeys(cluster, Collections.nCopies(TicketKeys.MOST, cluster.shown())))
        .isInstanceOf(TicketException.class);
  }

  @Test
  void isFreshThenStaleThenOver() {
    Ticket ticket = ticket(List.of());
    assertThat(ticket.standing(AT, HOME)).isEqualTo(Standing.FRESH);
    assertThat(ticket.standing(AT.plusSeconds(599), HOME)).isEqualTo(Standing.FRESH);
    assertThat(ticket.standing(AT.plusSeconds(600), HOME)).isEqualTo(Standing.STALE);
    assertThat(ticket.standing(AT.plusSeconds(86_399), HOME)).isEqualTo(Standing.STALE);
    assertThat(ticket.standing(AT.plusSeconds(86_400), HOME)).isEqualTo(Standing.OVER);
    assertThat(ticket.standing(AT.minusSeconds(120), HOME)).isEqualTo(Standing.FRESH);
    assertThat(ticket.standing(AT.minusSeconds(121), HOME)).isEqualTo(Standing.EARLY);
  }

  @Test
  void countsOnlyFromItsNetworks() {
    Ticket bound = ticket(List.of(Network.around(HOME, 24, 48)));
    assertThat(bound.standing(AT, InetAddress.ofLiteral("192.0.2.250"))).isEqualTo(Standing.FRESH);
    assertThat(bound.standing(AT, OTHER)).isEqualTo(Standing.ELSEWHERE);
    assertThat(bound.standing(AT, InetAddress.ofLiteral("2001:db8::1")))
        .isEqualTo(Standing.ELSEWHERE);
  }

  @Test
  void isOfNoUseToWhoeverLacksItsKey() {
    Ticket ticket = ticket(List.of());
    byte[] encoded = ticket.signed(cluster);
    byte[] hello = {1, 2, 3};
    byte[] stolen = TicketProof.resume(TicketKey.generate(), encoded, hello);
    assertThat(TicketProof.provesResume(ticket, encoded, hello, stolen)).isFalse();
    byte[] own = TicketProof.resume(client, encoded, hello);
    assertThat(TicketProof.provesResume(ticket, encoded, hello, own)).isTrue();
  }

  @Test
  void proofCountsForOneHelloOneTicketAndOneChallenge() {
    Ticket ticket = ticket(List.of());
    byte[] encoded = ticket.signed(cluster);
    byte[] hello = {1, 2, 3};
    byte[] proof = TicketProof.resume(client, encoded, hello);
    assertThat(TicketProof.provesResume(ticket, encoded, new byte[] {1, 2, 4}, proof)).isFalse();
    byte[] another = ticket.renewed(AT.plusSeconds(9), AT.plusSeconds(99)).signed(cluster);
    assertThat(TicketProof.provesResume(ticket, another, hello, proof)).isFalse();

    byte[] nonce = new byte[32];
    byte[] answer = TicketProof.answer(client, encoded, nonce, hello);
    assertThat(TicketProof.provesAnswer(ticket, encoded, nonce, hello, answer)).isTrue();
    assertThat(TicketProof.provesResume(ticket, encoded, hello, answer)).isFalse();
    byte[] otherNonce = nonce.clone();
    otherNonce[31] = 1;
    assertThat(TicketProof.provesAnswer(ticket, encoded, otherNonce, hello, answer)).isFalse();
  }

  @Test
  void helloIsReadFromItsLastByteOnAndNotBefore() throws Exception {
    byte[] ticket = ticket(List.of()).signed(cluster);
    for (ProxyHello hello :
        List.of(
            new ProxyHello.Open(ticket),
            new ProxyHello.Resume(ticket, new byte[64]),
            new ProxyHello.Renew(ticket),
            new ProxyHello.DialBack(new byte[32]))) {
      byte[] bytes = hello.encoded();
      for (int i = 0; i < bytes.length; i++) {
        ByteBuffer part = ByteBuffer.wrap(bytes, 0, i);
        assertThat(ProxyHello.read(part)).isNull();
        assertThat(part.position()).isZero();
      }
      assertThat(ProxyHello.read(ByteBuffer.wrap(bytes))).hasSameClassAs(hello);
    }
  }

  @Test
  void helloAboveItsBoundIsRefusedBeforeItIsThere() {
    byte[] preface = ProxyHello.preface();
    ByteBuffer hello = ByteBuffer.allocate(preface.length + 2).put(preface);
    hello.putShort((short) (ProxyHello.MOST + 1)).flip();
    assertThatThrownBy(() -> ProxyHello.read(hello)).hasMessageContaining("longer");
    ByteBuffer answer = ByteBuffer.allocate(3).put((byte) 0);
    answer.putShort((short) (ProxyAnswer.MOST + 1)).flip();
    assertThatThrownBy(() -> ProxyAnswer.read(answer)).hasMessageContaining("longer");
  }

  @Test
  void namesAndNetworksHaveBounds() {
    assertThatThrownBy(() -> ticket(Collections.nCopies(17, Network.parse("192.0.2.1"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new Ticket(
                new byte[16], AT, AT, AT, client.shown(), "a".repeat(256), "", "n", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
