package dev.holdfast.cli;

import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What goes on in a node: logins and sessions, counted and told to its log. Thread-safe. */
final class Activity implements LoginWatch {
  /** Characters of what a client said that are logged. */
  static final int MOST_SHOWN = 64;

  private final Consumer<NodeEvent> events;
  private final AtomicLong logins = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong sessions = new AtomicLong();
  private final AtomicLong living = new AtomicLong();

  Activity(Consumer<NodeEvent> events) {
    this.events = events;
  }

  @Override
  public void loggedIn(Login login) {
    logins.incrementAndGet();
    events.accept(
        switch (login.credential()) {
          case Credential.Key(String type, String fingerprint) ->
              loggedIn(login, "publickey", type, fingerprint, "");
          case Credential.Certificate it ->
              loggedIn(
                  login,
                  "publickey",
                  it.type(),
                  it.fingerprint(),
                  "%s, serial %s, of %s"
                      .formatted(
                          shown(it.id()), Long.toUnsignedString(it.serial()), it.authority()));
          case Credential.Password it -> loggedIn(login, "password", "", "", "");
          case Credential.KeyboardInteractive it ->
              loggedIn(login, "keyboard-interactive", "", "", "");
          case Credential.Untold it -> loggedIn(login, "publickey", "", "", "");
        });
  }

  private static NodeEvent loggedIn(
      Login login, String method, String type, String key, String certificate) {
    return new NodeEvent.LoggedIn(
        login.connection(), login.user(), login.from(), method, type, key, certificate);
  }

  @Override
  public void refused(Refusal refusal) {
    refused.incrementAndGet();
    String key = refusal.fingerprint();
    events.accept(
        new NodeEvent.LoginRefused(
            refusal.connection(),
            shown(refusal.user()),
            refusal.from(),
            refusal.attempts(),
            String.join(", ", refusal.methods()),
            key == null ? "" : key));
  }

  /** What a stranger said, fit for a log. */
  static String shown(String said) {
    String text = said.length() > MOST_SHOWN ? said.substring(0, MOST_SHOWN) + "..." : said;
    return text.replaceAll("[^\\p{Print}]", "?");
  }

  /** A session was refused. */
  void sessionRefused(NodeEvent.SessionRefused event) {
    events.accept(event);
  }

  /** A session begins; returns its number. */
  long sessionBegins() {
    living.incrementAndGet();
    return sessions.incrementAndGet();
  }

  /** It has begun. */
  void began(NodeEvent.SessionStarted event) {
    events.accept(event);
  }

  /** It has ended. */
  void ended(NodeEvent.SessionEnded event) {
    living.decrementAndGet();
    events.accept(event);
  }

  /** How many have logged in. */
  long logins() {
    return logins.get();
  }

  /** How many connections ended after vain attempts. */
  long refused() {
    return refused.get();
  }

  /** How many sessions have begun. */
  long sessions() {
    return sessions.get();
  }

  /** How many have not ended. */
  long living() {
    return living.get();
  }
}
