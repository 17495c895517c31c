package dev.holdfast.ssh;

import java.io.IOException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a confined process has to know of a login before it begins, as its monitor says it.
 *
 * @param outlivesLinks whether the stream goes on when links are lost
 */
record TargetTerms(
    String user,
    boolean prefixSent,
    ClientOffer offer,
    Duration patience,
    List<PublicKey> keys,
    List<String> methods,
    int tries,
    Optional<String> certifiedName,
    boolean outlivesLinks) {

  static MonitorMessage of(Target target, boolean outlivesLinks) {
    ClientOffer offer = target.offer();
    MonitorMessage terms =
        MonitorMessage.about("terms")
            .with("user", target.user())
            .with("prefixSent", target.prefixSent())
            .with("keyExchanges", offer.keyExchanges())
            .with("ciphers", offer.ciphers())
            .with("macs", offer.macs())
            .with("publicKeys", offer.publicKeys())
            .with("patience", target.patience().toMillis())
            .withKeys("keys", target.identities().map(LoginKeys::keys).orElse(List.of()))
            .with("methods", target.person().methods())
            .with("tries", target.person().tries())
            .with("outlivesLinks", outlivesLinks);
    if (offer.rekey().isPresent()) {
      terms =
          terms
              .with("rekeyBytes", offer.rekey().get().bytes())
              .with("rekeyMillis", offer.rekey().get().time().toMillis());
    }
    Optional<String> name = target.hostKey().certifiedName();
    return name.isPresent() ? terms.with("certifiedName", name.get()) : terms;
  }

  static TargetTerms read(MonitorMessage message) throws IOException {
    Optional<RekeyLimit> rekey =
        message.number("rekeyBytes") > 0
            ? Optional.of(
                new RekeyLimit(
                    message.number("rekeyBytes"), Duration.ofMillis(message.number("rekeyMillis"))))
            : Optional.empty();
    return new TargetTerms(
        message.text("user").orElse(""),
        message.flag("prefixSent"),
        new ClientOffer(
            message.texts("keyExchanges"),
            message.texts("ciphers"),
            message.texts("macs"),
            message.texts("publicKeys"),
            rekey),
        Duration.ofMillis(message.number("patience")),
        message.keys("keys"),
        message.texts("methods"),
        (int) message.number("tries"),
        message.text("certifiedName"),
        message.flag("outlivesLinks"));
  }
}
