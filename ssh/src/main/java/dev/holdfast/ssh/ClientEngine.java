package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * An SSH client that dials nowhere: it speaks SSH on the streams that it is handed.
 *
 * <p>It reads no files: neither {@code ~/.ssh/config} nor keys nor known hosts. Thread-safe.
 */
public final class ClientEngine implements AutoCloseable {
  /**
   * The identification string that every connection begins with, without CR LF. Its comment tells
   * servers that we know how to resume (PROTOCOL.resume-v2, section 2.1).
   */
  public static final String IDENTIFICATION = "SSH-2.0-" + Settings.CLIENT;

  final MinaClient client;

  private ClientEngine(MinaClient client) {
    this.client = client;
  }

  /** A client, ready to connect. */
  public static ClientEngine start() {
    return start(RekeyMeter.DEFAULT_LIMIT);
  }

  /**
   * The same with new keys after {@code rekeyLimit} bytes.
   *
   * @param rekeyLimit bytes, positive
   */
  static ClientEngine start(long rekeyLimit) {
    MinaClient client = MinaClient.create(rekeyLimit);
    client.start();
    return new ClientEngine(client);
  }

  /**
   * Logs in over {@code stream} and waits until that is done. The stream is closed when the
   * connection ends, and when none came about.
   */
  public ClientConnection connect(Duplex stream, Target target) throws SshFailure {
    ClientTransport session = begin(stream, target);
    try {
      AuthFuture login = session.auth();
      if (!login.await(target.patience())) {
        throw new SocketTimeoutException(target.patience() + " have passed");
      }
      login.verify();
      return new ClientConnection(session);
    } catch (IOException e) {
      session.close(true);
      Optional<String> goodbye = session.goodbye();
      throw goodbye.isPresent()
          ? new SshFailure(
              session.isFull() ? SshFailure.Kind.TOO_MANY : SshFailure.Kind.TURNED_AWAY,
              goodbye.get(),
              session.loginMethods(),
              e)
          : failure(e, session.loginMethods());
    }
  }

  /** Ends every connection at once. */
  @Override
  public void close() {
    client.stop();
  }

  private ClientTransport begin(Duplex stream, Target target) throws SshFailure {
    try {
      return client.connect(stream, target);
    } catch (IOException e) {
      stream.close();
      throw failure(e, List.of());
    }
  }

  private static SshFailure failure(IOException e, List<String> methods) {
    SshFailure.Kind kind = kind(e);
    return new SshFailure(kind, message(kind), methods, e);
  }

  private static SshFailure.Kind kind(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return SshFailure.Kind.TIMEOUT;
    }
    int code = e instanceof SshException ssh ? ssh.getDisconnectCode() : 0;
    return switch (code) {
      case SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE -> SshFailure.Kind.HOST_KEY;
      case SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
          SshConstants.SSH2_DISCONNECT_AUTH_CANCELLED_BY_USER ->
          SshFailure.Kind.AUTHENTICATION;
      case SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS -> SshFailure.Kind.TOO_MANY;
      default -> SshFailure.Kind.CONNECTION;
    };
  }

  private static String message(SshFailure.Kind kind) {
    return switch (kind) {
      case HOST_KEY ->
          "The server's host key is not the expected one; check whom you are connected to.";
      case AUTHENTICATION ->
          "The server does not accept your key for this user; check the name and the key.";
      case TOO_MANY -> "You have as many connections as you may have; end one and try again.";
      case TIMEOUT -> "The server did not finish the login in time; try again.";
      case CONNECTION, TURNED_AWAY -> "The connection ended before the login was done; try again.";
    };
  }
}
