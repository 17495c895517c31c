package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.apache.sshd.common.SshConstants;

/** A client's SSH connection, logged in. Thread-safe. */
public final class ClientConnection implements AutoCloseable {
  /** How long the goodbye may wait for a stream whose buffers are full. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private static final int PUMP_BYTES = 64 * 1024;

  final ClientTransport session;

  ClientConnection(ClientTransport session) {
    this.session = session;
  }

  /** The server's identification string, from "SSH-2.0-" on. */
  public String serverIdentification() {
    return session.getServerVersion();
  }

  /** Starts {@code command} on the server. */
  public RemoteCommand start(String command) throws IOException {
    return new RemoteCommand(session.open(command));
  }

  /**
   * Runs {@code command} to its end, with these streams for its own. None of them is closed.
   *
   * @param stdin is read on a thread of its own, which may wait there after the command has ended
   * @throws IOException when the connection ends before the command does, or a stream fails
   */
  public Exit exec(String command, InputStream stdin, OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    try (RemoteCommand running = start(command)) {
      Thread.startVirtualThread(() -> feed(stdin, running));
      Thread err = Thread.startVirtualThread(() -> drain(running, stderr));
      pump(running.stdout(), stdout);
      err.join();
      return running.await();
    }
  }

  /** Says goodbye and ends the connection. */
  @Override
  public void close() {
    try {
      session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "disconnected by user");
      session.close(false).await(GOODBYE);
    } catch (IOException e) {
      // The connection has gone already, which is what was wanted.
    } finally {
      session.close(true);
    }
  }

  /** An input that fails must not look to the command like one that ended. */
  private static void feed(InputStream stdin, RemoteCommand running) {
    try {
      pump(stdin, running.stdin());
      running.stdin().close();
    } catch (IOException e) {
      running.close();
    }
  }

  private static void drain(RemoteCommand running, OutputStream stderr) {
    try {
      pump(running.stderr(), stderr);
    } catch (IOException e) {
      running.close();
    }
  }

  private static void pump(InputStream from, OutputStream to) throws IOException {
    byte[] bytes = new byte[PUMP_BYTES];
    for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
      to.write(bytes, 0, count);
      to.flush();
    }
  }
}
