package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jspecify.annotations.Nullable;

/** What was tried in vain on one connection. Thread-safe. */
final class Attempts {
  /** Where a connection has them, from the first request on. */
  static final AttributeKey<Attempts> OF = new AttributeKey<>();

  private final String connection;
  private final SocketAddress from;
  private final Set<String> methods = new LinkedHashSet<>();
  private String user = "";
  private int failures;
  private @Nullable String fingerprint;

  Attempts(String connection, SocketAddress from) {
    this.connection = connection;
    this.from = from;
  }

  /** Tells {@code watch} of connections that end without a login. */
  static SessionListener reporter(LoginWatch watch) {
    return new SessionListener() {
      @Override
      public void sessionClosed(Session session) {
        Attempts attempts = session.getAttribute(OF);
        if (attempts != null && session.getAttribute(UserAuthentication.LOGIN) == null) {
          attempts.refusal().ifPresent(watch::refused);
        }
      }
    };
  }

  /** A key was shown. */
  synchronized void shown(SshPublicKey key) {
    fingerprint = key.fingerprint();
  }

  /**
   * A request failed.
   *
   * @param method one of those that there are
   */
  synchronized void failed(String name, String method) {
    user = name;
    failures++;
    methods.add(method);
  }

  /** How many requests failed. */
  synchronized int failures() {
    return failures;
  }

  private synchronized Optional<LoginWatch.Refusal> refusal() {
    return failures == 0
        ? Optional.empty()
        : Optional.of(
            new LoginWatch.Refusal(
                connection, user, from, failures, List.copyOf(methods), fingerprint));
  }
}
