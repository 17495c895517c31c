package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.Session;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** JSch, a client library of Java, at the gate's port or a node's. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "NODE"})
@Needs(Tool.SSHD)
final class JschTest {
  private static final int DEADLINE_MILLIS = 20_000;

  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("jsch");
  private final JSch jsch = new JSch();

  JschTest(Route route) {
    this.route = route;
  }

  @BeforeEach
  void knowTheKeys() throws Exception {
    jsch.addIdentity(Keys.CLIENT.toString());
    jsch.setKnownHosts(Keys.KNOWN_HOSTS.toString());
  }

  @AfterEach
  void forgetTheKeys() throws Exception {
    jsch.removeAllIdentity();
  }

  @Test
  void runsACommandAndCopiesAFile() throws Exception {
    Path sent = Sample.write(directory.resolve("sent"), 2L << 20, 1);
    Session session = login();
    try {
      assertThat(session.getServerVersion()).startsWith("SSH-2.0-" + route.software());
      runACommand(session);
      copy(session, sent);
    } finally {
      session.disconnect();
    }
    assertThat(Sample.sha256(directory.resolve("back"))).isEqualTo(Sample.sha256(sent));
  }

  private Session login() throws Exception {
    int port = SITE.address(route).getPort();
    Session session = jsch.getSession(Sshd.USER, "127.0.0.1", port);
    session.setHostKeyAlias(Keys.HOST_ALIAS);
    session.connect(DEADLINE_MILLIS);
    return session;
  }

  private static void runACommand(Session session) throws Exception {
    ChannelExec exec = (ChannelExec) session.openChannel("exec");
    exec.setCommand("echo out; exit 42");
    InputStream output = exec.getInputStream();
    exec.connect(DEADLINE_MILLIS);
    assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("out\n");
    Await.until("the exit status", Duration.ofMillis(DEADLINE_MILLIS), exec::isClosed);
    assertThat(exec.getExitStatus()).isEqualTo(42);
    exec.disconnect();
  }

  private void copy(Session session, Path sent) throws Exception {
    ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
    sftp.connect(DEADLINE_MILLIS);
    sftp.put(sent.toString(), directory.resolve("there").toString());
    sftp.get(directory.resolve("there").toString(), directory.resolve("back").toString());
    sftp.disconnect();
  }
}
