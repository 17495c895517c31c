package dev.holdfast.client;

import dev.holdfast.ssh.AlgorithmNames;
import dev.holdfast.ssh.ClientOffer;
import dev.holdfast.ssh.RekeyLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The algorithms that a configuration offers, of those that there are here (ssh_config(5)). */
final class Offer {
  /** The longest way between two new keys: packets' numbers must not come round (RFC 4344 3.1). */
  static final long MOST_BYTES = 4L << 30;

  private Offer() {}

  /**
   * What is asked for.
   *
   * @throws ConfigFailure if none of a list is left: a server must not be offered what was not
   *     asked for
   */
  static ClientOffer of(ClientConfig config) throws ConfigFailure {
    names(config, ClientOptions.HOST_KEY_ALGORITHMS, AlgorithmNames.Kind.CLIENT_HOST_KEY);
    return new ClientOffer(
        names(config, ClientOptions.KEX_ALGORITHMS, AlgorithmNames.Kind.CLIENT_KEY_EXCHANGE),
        names(config, ClientOptions.CIPHERS, AlgorithmNames.Kind.CIPHER),
        names(config, ClientOptions.MACS, AlgorithmNames.Kind.CLIENT_MAC),
        names(config, ClientOptions.PUBKEY_ACCEPTED_ALGORITHMS, AlgorithmNames.Kind.PUBLIC_KEY),
        rekey(config));
  }

  private static List<String> names(
      ClientConfig config, ClientOption<AlgorithmList> option, AlgorithmNames.Kind kind)
      throws ConfigFailure {
    List<String> chosen = config.get(option).among(kind.standard().names(), kind.known());
    if (chosen.isEmpty()) {
      throw new ConfigFailure(
          "None of the algorithms of %s is there in Holdfast; there are %s."
              .formatted(option.keyword(), String.join(",", kind.known())));
    }
    return chosen;
  }

  private static Optional<RekeyLimit> rekey(ClientConfig config) {
    if (!config.isGiven(ClientOptions.REKEY_LIMIT)) {
      return Optional.empty();
    }
    ClientOptions.RekeyLimit given = config.get(ClientOptions.REKEY_LIMIT);
    long bytes = given.bytes() == 0 ? RekeyLimit.DEFAULT.bytes() : given.bytes();
    return Optional.of(
        new RekeyLimit(Math.min(bytes, MOST_BYTES), given.interval().orElse(Duration.ZERO)));
  }
}
