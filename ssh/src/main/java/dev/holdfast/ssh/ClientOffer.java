package dev.holdfast.ssh;

import java.util.List;
import java.util.Optional;

/**
 * What a client offers a server, each list best first (RFC 4253 7.1), and when it makes new keys.
 * Host keys are the {@link HostKeyCheck}'s to order.
 *
 * @param publicKeys that users may prove themselves by, certificates among them
 * @param rekey nothing for the usual limit
 */
public record ClientOffer(
    List<String> keyExchanges,
    List<String> ciphers,
    List<String> macs,
    List<String> publicKeys,
    Optional<RekeyLimit> rekey) {
  /** All that there is. */
  public static final ClientOffer ALL =
      new ClientOffer(
          Algorithms.keyExchanges(),
          Algorithms.ciphers(),
          Algorithms.macs(),
          Algorithms.publicKeys(),
          Optional.empty());

  public ClientOffer {
    keyExchanges = List.copyOf(keyExchanges);
    ciphers = List.copyOf(ciphers);
    macs = List.copyOf(macs);
    publicKeys = List.copyOf(publicKeys);
  }

  /** Whether a key of that type may be used with any algorithm. */
  boolean takesKey(String type) {
    return switch (type) {
      case "ssh-rsa" -> publicKeys.stream().anyMatch(n -> n.matches("rsa-sha2-(256|512)"));
      case "ssh-rsa-cert-v01@openssh.com" ->
          publicKeys.stream().anyMatch(n -> n.matches("rsa-sha2-(256|512)-cert-.*"));
      default -> publicKeys.contains(type);
    };
  }
}
