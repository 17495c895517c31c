package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Names;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A machine at its first start, which makes it a member of a cluster by a token. */
final class FirstStart {
  private static final Logger log = LoggerFactory.getLogger(FirstStart.class);

  private FirstStart() {}

  /**
   * What is known of a machine: what it has kept in {@code file}, or what it is told as it joins.
   */
  static Enrolment enrolment(Membership.Settings settings, Membership.Entry entry, Path file)
      throws IOException {
    String fingerprint = SshKeys.fingerprint(settings.key().getPublic());
    Optional<Enrolment> kept =
        Enrolment.load(file).filter(it -> it.fingerprint().equals(fingerprint));
    if (kept.isPresent()) {
      return kept.get();
    }
    Enrolment enrolment = join(settings, entry);
    enrolment.save(file);
    return enrolment;
  }

  private static Enrolment join(Membership.Settings settings, Membership.Entry entry)
      throws IOException {
    JoinSecret token = token(settings.kind(), entry.tokens());
    String pin = entry.pin().orElse(token.fingerprint());
    try (AuthDialer dialer = new AuthDialer(entry.services(), settings.key(), pin::equals);
        ApiClient api = dialer.dial(Names.NEWCOMER, (method, params) -> {})) {
      Joined joined =
          api.call(
              ApiMethod.JOIN,
              new JoinOrder(
                  token.text(),
                  Optional.of(settings.name()),
                  settings.labels(),
                  List.of(),
                  Optional.of(settings.version())),
              Joined.class);
      log.info("joined the cluster {} as {} ({})", joined.cluster(), joined.name(), joined.id());
      return new Enrolment(
          joined.cluster(),
          settings.kind(),
          joined.name(),
          joined.id(),
          SshKeys.fingerprint(settings.key().getPublic()),
          joined.certificate(),
          joined.authorities());
    }
  }

  private static JoinSecret token(ServiceKind kind, List<String> tokens) throws IOException {
    JoinToken.Purpose purpose =
        kind == ServiceKind.PROXY ? JoinToken.Purpose.PROXY : JoinToken.Purpose.NODE;
    String word = kind.name().toLowerCase(Locale.ROOT);
    try {
      for (String text : tokens) {
        JoinSecret token = JoinSecret.parse(text);
        if (token.purpose() == purpose) {
          return token;
        }
      }
    } catch (InvalidRecordException e) {
      throw new IOException(e.sentence(), e);
    }
    throw new IOException(
        "This machine has not joined the cluster as a %s; put a token of 'holdfast admin tokens add %s' into cluster: token."
            .formatted(word, word));
  }
}
