package dev.holdfast.forward;

import dev.holdfast.client.Logins;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.DirectStream;
import dev.holdfast.ssh.ForwardTarget;
import dev.holdfast.ssh.RemoteCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A session over SSH. */
final class SshSession implements Session {
  private static final InetSocketAddress FROM =
      InetSocketAddress.createUnresolved("127.0.0.1", 65_535);

  private static final Pattern OPENSSH = Pattern.compile("SSH-2\\.0-OpenSSH_([0-9]+)\\.([0-9]+).*");
  private static final int CHUNK = 16 * 1024;

  private final Logins.Login login;
  private final ClientConnection connection;

  SshSession(Logins.Login login) {
    this.login = login;
    connection = login.connection();
  }

  @Override
  public CompletableFuture<? extends DirectStream> open(FarAddress to) {
    return switch (to) {
      case FarAddress.Port port -> connection.beginTo(port.host(), port.port(), FROM);
      case FarAddress.Socket socket -> connection.beginTo(socket.path());
    };
  }

  @Override
  public byte[] exec(String command, byte[] input, int most) throws IOException {
    try (RemoteCommand running = connection.start(command)) {
      Thread.ofVirtual().name("exec-in").start(() -> feed(running, input));
      Thread.ofVirtual().name("exec-err").start(() -> skip(running.stderr()));
      return head(running.stdout(), most);
    }
  }

  private static void feed(RemoteCommand running, byte[] input) {
    try (OutputStream in = running.stdin()) {
      in.write(input);
    } catch (IOException e) {
      // The output ends, too.
    }
  }

  private static void skip(InputStream from) {
    try {
      from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The output ends, too.
    }
  }

  private static byte[] head(InputStream from, int most) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
      head.write(chunk, 0, Math.min(count, most - head.size()));
    }
    return head.toByteArray();
  }

  @Override
  public void ask(Runnable answered) throws IOException {
    var _ = connection.ping().thenRun(answered);
  }

  @Override
  public OptionalInt listen(String address, int port, ForwardTarget target) throws IOException {
    return connection.listen(address, port, target);
  }

  @Override
  public boolean listen(String path, ForwardTarget target) throws IOException {
    return connection.listen(path, target);
  }

  @Override
  public void stopListening(String address, int port) throws IOException {
    connection.stopListening(address, port);
  }

  @Override
  public void stopListening(String path) throws IOException {
    connection.stopListening(path);
  }

  @Override
  public long heardNanos() {
    return connection.heardNanos();
  }

  @Override
  public boolean outlivesLinks() {
    return connection.outlivesLinks();
  }

  @Override
  public boolean needsPriming() {
    return needsPriming(connection.serverIdentification());
  }

  /** OpenSSH sets TCP_NODELAY for every connection from 10.1 on, before for interactive ones. */
  static boolean needsPriming(String identification) {
    Matcher openSsh = OPENSSH.matcher(identification);
    if (!openSsh.matches() || openSsh.group(1).length() > 4 || openSsh.group(2).length() > 4) {
      return false;
    }
    int major = Integer.parseInt(openSsh.group(1));
    return major < 10 || (major == 10 && Integer.parseInt(openSsh.group(2)) < 1);
  }

  @Override
  public boolean isOver() {
    return connection.isOver();
  }

  @Override
  public void whenOver(Runnable listener) {
    connection.whenOver(listener);
  }

  @Override
  public void close() {
    login.close();
  }
}
