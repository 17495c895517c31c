package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of a server that asks its own {@link Authenticator} and knows no accounts. */
record AuthenticatorRules(Authenticator authenticator) implements LoginRules {
  @Override
  public Optional<Candidate> byKey(String user, SocketAddress from, SshPublicKey shown) {
    Login login = new Login(user, from);
    return !shown.isCertificate()
            && SshKeys.of(shown).filter(key -> authenticator.accepts(login, key)).isPresent()
        ? Optional.of(new Candidate(login, shown))
        : Optional.empty();
  }

  @Override
  public Optional<Login> byDialogue(
      String user,
      SocketAddress from,
      Credential credential,
      @Nullable SshPublicKey proven,
      Dialogue dialogue) {
    return Optional.empty();
  }
}
