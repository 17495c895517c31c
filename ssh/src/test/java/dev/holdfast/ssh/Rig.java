package dev.holdfast.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;

/** A server and a client that know each other's throw-away keys, and streams between them. */
final class Rig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final KeyPair hostKey = SshKeys.generateEd25519();
  final KeyPair userKey = SshKeys.generateEd25519();
  final ServerEngine server;
  final ClientEngine client;

  Rig(Programs programs) {
    this(programs, RekeyMeter.DEFAULT_LIMIT);
  }

  Rig(Programs programs, long rekeyLimit) {
    this(programs, rekeyLimit, rekeyLimit);
  }

  Rig(Programs programs, long serverRekeyLimit, long clientRekeyLimit) {
    server =
        ServerEngine.start(
            List.of(hostKey), Authenticator.only(userKey.getPublic()), programs, serverRekeyLimit);
    client = ClientEngine.start(clientRekeyLimit);
  }

  /** What the client believes and shows. */
  Target target() {
    return new Target(
        "me", List.of(userKey), HostKeyCheck.only(hostKey.getPublic()), false, PATIENCE);
  }

  /** Logs in over {@code pipe}. */
  ClientConnection connect(Pipe pipe) throws IOException {
    server.accept(pipe.server);
    return client.connect(pipe.client, target());
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
