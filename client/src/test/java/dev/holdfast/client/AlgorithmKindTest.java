package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ssh.ClientOffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of algorithms in a configuration. */
final class AlgorithmKindTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Ciphers=foo | Bad SSH2 cipher spec 'foo'.",
        "Ciphers=aes128-ctr,foo | Bad SSH2 cipher spec 'aes128-ctr,foo'.",
        "MACs=+foo | Bad SSH2 MAC spec '+foo'.",
        "KexAlgorithms=^foo | Bad SSH2 KexAlgorithms '^foo'.",
        "HostKeyAlgorithms=foo | Bad key types 'foo'.",
        "PubkeyAcceptedAlgorithms=foo* | Bad key types 'foo*'.",
        "Ciphers= aes* | Bad SSH2 cipher spec 'aes*'.",
      })
  void whatOpenSshDoesNotKnowIsRefusedInItsWords(String option, String words) {
    assertThatThrownBy(() -> config(option)).hasMessageContaining(words);
  }

  @Test
  void whatItKnowsAndIsNotHereIsNotOffered() throws Exception {
    assertThat(offer("Ciphers=aes128-cbc,aes256-ctr").ciphers()).containsExactly("aes256-ctr");
    assertThat(offer("MACs=-hmac-sha2-512*,nothing").macs())
        .containsExactly("hmac-sha2-256-etm@openssh.com", "hmac-sha2-256");
    assertThat(offer("KexAlgorithms=^ecdh-sha2-nistp521").keyExchanges())
        .startsWith("ecdh-sha2-nistp521")
        .hasSize(ClientOffer.ALL.keyExchanges().size());
    assertThat(offer("PubkeyAcceptedAlgorithms=ssh-ed25519*").publicKeys())
        .containsExactlyInAnyOrder("ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519");
  }

  @Test
  void nothingElseIsOfferedWhereNothingIsLeft() {
    assertThatThrownBy(() -> offer("Ciphers=aes128-cbc")).hasMessageContaining("ciphers");
    assertThatThrownBy(() -> offer("HostKeyAlgorithms=ssh-dss")).hasMessageContaining("hostkey");
  }

  private static ClientOffer offer(String option) throws Exception {
    return Offer.of(config(option));
  }

  private static ClientConfig config(String option) throws Exception {
    return ClientConfig.read(
        new ConfigQuery("host", List.of(option), Optional.of("none"), ""),
        Surroundings.ofProcess());
  }
}
