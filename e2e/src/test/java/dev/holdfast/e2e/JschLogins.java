package dev.holdfast.e2e;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;

/** Logins made in this JVM, which cost little, one after the other. Confined to one thread. */
final class JschLogins {
  private static final int DEADLINE_MILLIS = 30_000;

  private final InetSocketAddress server;
  private final JSch jsch = new JSch();

  JschLogins(InetSocketAddress server) {
    this.server = server;
    try {
      jsch.addIdentity(Keys.CLIENT.toString());
      jsch.setKnownHosts(Keys.KNOWN_HOSTS.toString());
    } catch (JSchException e) {
      throw new AssertionError(e);
    }
  }

  /** Logs in by key, has a shell exit with a status, which it returns, and leaves. */
  int run(String command, boolean pty) {
    try {
      Session session = session(Sshd.USER, "publickey");
      session.connect(DEADLINE_MILLIS);
      try {
        ChannelExec exec = (ChannelExec) session.openChannel("exec");
        exec.setCommand(command);
        exec.setPty(pty);
        exec.connect(DEADLINE_MILLIS);
        Await.until(
            () -> "the end of " + command, Duration.ofMillis(DEADLINE_MILLIS), exec::isClosed);
        return exec.getExitStatus();
      } finally {
        session.disconnect();
      }
    } catch (JSchException e) {
      throw new AssertionError(e);
    }
  }

  /** Tries a password and is not let in; says why. */
  String refusedBy(String user, String password) {
    try {
      Session session = session(user, "password");
      session.setPassword(password.getBytes(StandardCharsets.UTF_8));
      session.connect(DEADLINE_MILLIS);
      session.disconnect();
      throw new AssertionError("it was let in");
    } catch (JSchException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Session session(String user, String method) throws JSchException {
    Session session = jsch.getSession(user, "127.0.0.1", server.getPort());
    session.setHostKeyAlias(Keys.HOST_ALIAS);
    Properties config = new Properties();
    config.setProperty("PreferredAuthentications", method);
    session.setConfig(config);
    return session;
  }
}
