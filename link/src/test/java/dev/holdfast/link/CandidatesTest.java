package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private final Candidates candidates = new Candidates();

  @Test
  void familiesTakeTurnsBeginningWithTheFirst() {
    candidates.add(
        addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2"));
    assertThat(candidates.rest())
        .isEqualTo(
            addresses("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"));
  }

  @Test
  void theSystemMayPreferIpv4() {
    candidates.add(addresses("192.0.2.1", "192.0.2.2", "2001:db8::1"));
    assertThat(candidates.rest()).isEqualTo(addresses("192.0.2.1", "2001:db8::1", "192.0.2.2"));
  }

  @Test
  void anAddressIsTriedOnceHoweverOftenItIsAdded() {
    candidates.add(addresses("192.0.2.1"));
    assertThat(candidates.next()).isEqualTo(address("192.0.2.1"));
    candidates.add(addresses("192.0.2.1", "2001:db8::1"));
    candidates.add(addresses("2001:db8::1"));
    assertThat(candidates.rest()).isEqualTo(addresses("2001:db8::1"));
    assertThat(candidates.isEmpty()).isTrue();
    assertThat(candidates.next()).isNull();
  }

  @Test
  void noMoreThanSixteenAreTried() {
    List<InetAddress> many = new ArrayList<>();
    for (int i = 1; i <= Candidates.MAX_ADDRESSES + 1; i++) {
      many.add(address("192.0.2." + i));
    }
    candidates.add(many);
    assertThat(candidates.rest()).isEqualTo(many.subList(0, Candidates.MAX_ADDRESSES));
  }

  private static List<InetAddress> addresses(String... literals) {
    return List.of(literals).stream().map(CandidatesTest::address).toList();
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
