package dev.holdfast.auth;

import dev.holdfast.ssh.Dialogue;
import java.io.IOException;
import java.time.Duration;

/** Logging in by the cluster's identity provider, from the code to the user. Thread-safe. */
final class ProviderLogin implements AutoCloseable {
  /** For the provider to answer. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private final DeviceLogin device;
  private final ProviderUsers users;

  ProviderLogin(DeviceLogin device, ProviderUsers users) {
    this.device = device;
    this.users = users;
  }

  static ProviderLogin of(OidcSettings settings, AuditTrail trail, Feed feed) {
    Provider provider = new Provider(settings, new ProviderPages(ANSWER));
    return new ProviderLogin(
        new DeviceLogin(provider, DeviceLogin.Waiting.REAL),
        new ProviderUsers(settings, trail, feed));
  }

  /** Which user it is, if the provider says that he is {@code wanted}. */
  ProviderUsers.Outcome logIn(String wanted, Dialogue dialogue) throws IOException {
    return switch (device.ask(dialogue)) {
      case DeviceLogin.Outcome.Known(IdToken who) -> users.find(wanted, who);
      case DeviceLogin.Outcome.Unknown(String sentence) ->
          new ProviderUsers.Outcome.IsNobody(sentence);
    };
  }

  @Override
  public void close() {
    device.close();
  }
}
