package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is, or wants to be, logged in to a server.
 *
 * @param user the name that the client gave
 * @param from the address from which the client came when the connection began
 * @param account of this machine, if the server logs into accounts
 * @param credential what he proved himself by
 * @param connection its name in events, empty if it has none
 * @param permissions what he may do, by the key or certificate and the server's settings together
 * @param guest what the server's {@link Admissions} or {@link Certifiers} know of him; null if
 *     nothing
 * @param terms on which he was let in
 */
public record Login(
    String user,
    SocketAddress from,
    Optional<User> account,
    Credential credential,
    String connection,
    Permissions permissions,
    @Nullable Object guest,
    Terms terms) {
  /** Somebody of whom nothing else is known, and who may do everything. */
  public Login(String user, SocketAddress from) {
    this(
        user,
        from,
        Optional.empty(),
        new Credential.Untold(),
        "",
        Permissions.ALL,
        null,
        Terms.FREE);
  }

  /** The same on the connection of that name. */
  Login on(String name) {
    return new Login(user, from, account, credential, name, permissions, guest, terms);
  }

  /** The same, let in on these terms. */
  Login under(Terms agreed) {
    return new Login(
        user, from, account, credential, connection, agreed.limit(permissions), guest, agreed);
  }
}
