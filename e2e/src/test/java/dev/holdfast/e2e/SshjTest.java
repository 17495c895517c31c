package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** sshj, a client library of Java, at the gate's port or a node's. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "NODE"})
@Needs(Tool.SSHD)
final class SshjTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("sshj");

  SshjTest(Route route) {
    this.route = route;
  }

  @Test
  void runsACommandAndCopiesAFile() throws IOException {
    Path sent = Sample.write(directory.resolve("sent"), 2L << 20, 1);
    try (SSHClient client = new SSHClient()) {
      client.addHostKeyVerifier(new AliasedHosts(Keys.KNOWN_HOSTS.toFile()));
      client.connect("127.0.0.1", SITE.address(route).getPort());
      client.authPublickey(Sshd.USER, Keys.CLIENT.toString());
      assertThat(client.getTransport().getServerVersion()).startsWith(route.software());
      runACommand(client);
      copy(client, sent);
    }
    assertThat(Sample.sha256(directory.resolve("back"))).isEqualTo(Sample.sha256(sent));
  }

  private static void runACommand(SSHClient client) throws IOException {
    try (Session session = client.startSession();
        Session.Command command = session.exec("echo out; exit 42")) {
      byte[] output = command.getInputStream().readAllBytes();
      assertThat(new String(output, StandardCharsets.UTF_8)).isEqualTo("out\n");
      command.join(20, TimeUnit.SECONDS);
      assertThat(command.getExitStatus()).isEqualTo(42);
    }
  }

  private void copy(SSHClient client, Path sent) throws IOException {
    try (SFTPClient sftp = client.newSFTPClient()) {
      sftp.put(sent.toString(), directory.resolve("there").toString());
      sftp.get(directory.resolve("there").toString(), directory.resolve("back").toString());
    }
  }

  /** Known hosts that look every host up under the one name that the keys are filed under. */
  private static final class AliasedHosts extends OpenSSHKnownHosts {
    AliasedHosts(File file) throws IOException {
      super(file);
    }

    @Override
    public boolean verify(String host, int port, PublicKey key) {
      return super.verify(Keys.HOST_ALIAS, 22, key);
    }

    @Override
    public List<String> findExistingAlgorithms(String host, int port) {
      return super.findExistingAlgorithms(Keys.HOST_ALIAS, 22);
    }
  }
}
