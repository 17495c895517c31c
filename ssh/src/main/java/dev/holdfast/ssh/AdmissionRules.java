package dev.holdfast.ssh;

import dev.holdfast.ssh.Admissions.Admission;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of a server that asks {@link Admissions}. Thread-safe. */
record AdmissionRules(Admissions admissions) implements LoginRules {
  @Override
  public Optional<Candidate> byKey(String user, SocketAddress from, SshPublicKey shown)
      throws IOException {
    SshPublicKey signing;
    try {
      signing = shown.isCertificate() ? UserCertificate.parse(shown).key() : shown;
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
    return switch (admissions.byKey(user, from, shown)) {
      case Admission.Refused() -> Optional.empty();
      case Admission.Admitted it -> Optional.of(new Candidate(login(user, from, it), signing));
      case Admission.AskBesides() ->
          Optional.of(new Candidate(new Login(user, from), signing, Optional.of(shown)));
    };
  }

  @Override
  public Optional<Login> byDialogue(
      String user,
      SocketAddress from,
      Credential credential,
      @Nullable SshPublicKey proven,
      Dialogue dialogue)
      throws IOException {
    return switch (admissions.byDialogue(user, from, proven, dialogue)) {
      case Admission.Admitted it -> Optional.of(login(user, from, it));
      case Admission.Refused() -> Optional.empty();
      case Admission.AskBesides() -> Optional.empty();
    };
  }

  private static Login login(String user, SocketAddress from, Admission.Admitted it) {
    return new Login(
        user,
        from,
        Optional.empty(),
        it.credential(),
        "",
        it.permissions(),
        it.guest(),
        Terms.FREE);
  }
}
