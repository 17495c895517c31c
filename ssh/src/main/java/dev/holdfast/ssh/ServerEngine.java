package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.jspecify.annotations.Nullable;

/**
 * An SSH server without a port: it speaks SSH on every stream that it is handed. Thread-safe.
 *
 * <p>What it does not do unless told: nobody logs in but by public key, and nothing is forwarded.
 */
public final class ServerEngine implements AutoCloseable {
  final MinaServer server;

  private ServerEngine(MinaServer server) {
    this.server = server;
  }

  /**
   * A server, ready to accept.
   *
   * @param hostKeys at most one of each type
   */
  public static ServerEngine start(
      List<KeyPair> hostKeys, Authenticator authenticator, Programs programs) {
    return start(hostKeys, authenticator, programs, RekeyMeter.DEFAULT_LIMIT);
  }

  /**
   * A server whose session channels are {@code sessions}, ready to accept.
   *
   * @param hostKeys at most one of each type
   */
  public static ServerEngine serve(
      List<KeyPair> hostKeys, Authenticator authenticator, Sessions sessions) {
    return serve(hostKeys, authenticator, sessions, RekeyMeter.DEFAULT_LIMIT);
  }

  /**
   * The same with new keys after {@code rekeyLimit} bytes.
   *
   * @param rekeyLimit bytes, positive
   */
  static ServerEngine start(
      List<KeyPair> hostKeys, Authenticator authenticator, Programs programs, long rekeyLimit) {
    return serve(hostKeys, authenticator, new ProgramSessions(programs), rekeyLimit);
  }

  private static ServerEngine serve(
      List<KeyPair> hostKeys, Authenticator authenticator, Sessions sessions, long rekeyLimit) {
    if (hostKeys.isEmpty()) {
      throw new IllegalArgumentException("no host key");
    }
    MinaServer server = MinaServer.create(authenticator, sessions, rekeyLimit);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is opened, so nothing can fail", e);
    }
    return new ServerEngine(server);
  }

  /** Speaks SSH on {@code stream}; returns at once. The stream is closed when SSH has ended. */
  public void accept(Duplex stream) throws IOException {
    begin(stream, null);
  }

  /** The same with an identification string for this one connection. */
  public void accept(Duplex stream, Identification identification) throws IOException {
    begin(stream, identification);
  }

  /** Number of connections that have not ended. */
  public int connections() {
    return server.acceptor().getManagedSessions().size();
  }

  /** Ends every connection at once. */
  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException("SSH connections did not end", e);
    }
  }

  private void begin(Duplex stream, @Nullable Identification identification) throws IOException {
    try {
      server.acceptor().accept(stream, identification);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("SSH could not begin on the connection.", e);
    }
  }
}
