package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What OpenSSH's client believes of a server, and learns about it. */
@Timeout(120)
final class ServerProofTest {
  @TempDir Path directory;

  /** The client knows the authority, and no key of the server's. */
  @Test
  void aHostCertificateProvesTheServerToWhoTrustsItsAuthority() throws Exception {
    Path authority = new OpenSsh(directory).key("ecdsa");
    Path host = new OpenSsh(directory).key("rsa");
    String line = "ssh-keygen -q -s %s -I host -h -n here %s.pub".formatted(authority, host);
    assertThat(new ProcessBuilder(line.split(" ", -1)).start().waitFor()).isZero();
    String certificate = host + "-cert.pub";
    try (NodeRig rig =
        new NodeRig(
                directory.resolve("rig"),
                "HostKey",
                host.toString(),
                "HostCertificate",
                certificate)
            .authorize("")) {
      Path known = directory.resolve("known");
      Files.writeString(known, "@cert-authority here " + OpenSsh.line(authority) + "\n");
      assertThat(ssh(rig, known, "hello")).contains("Exec[command=hello]");
      Files.writeString(known, "@cert-authority there " + OpenSsh.line(authority) + "\n");
      assertThat(ssh(rig, known, "hello")).contains("Host key verification failed");
      Files.writeString(known, "@cert-authority here " + OpenSsh.line(rig.key) + "\n");
      assertThat(ssh(rig, known, "hello")).contains("Host key verification failed");
    }
  }

  @Test
  void aClientThatAsksForProofLearnsTheOtherKeys() throws Exception {
    Path ecdsa = new OpenSsh(directory).key("ecdsa");
    Path rsa = new OpenSsh(directory).key("rsa");
    String both = "HostKey";
    try (NodeRig rig =
        new NodeRig(directory.resolve("rig"), both, ecdsa.toString(), both, rsa.toString())
            .authorize("")) {
      Path known =
          Files.writeString(directory.resolve("known"), "here " + OpenSsh.line(ecdsa) + "\n");
      Process client =
          new ProcessBuilder(line(rig, known, "cat", "-o", "UpdateHostKeys=yes")).start();
      try {
        await().until(() -> Files.readString(known).contains(OpenSsh.line(rsa)));
        assertThat(Files.readString(known)).contains("ssh-ed25519", OpenSsh.line(ecdsa));
      } finally {
        client.destroyForcibly();
      }
    }
  }

  private static String ssh(NodeRig rig, Path known, String command) throws Exception {
    Process client =
        new ProcessBuilder(line(rig, known, command)).redirectErrorStream(true).start();
    client.getOutputStream().close();
    return new String(client.getInputStream().readAllBytes(), UTF_8);
  }

  private static List<String> line(NodeRig rig, Path known, String command, String... options) {
    List<String> line = new ArrayList<>(List.of("ssh", "-F", "none", "-p", "" + rig.port()));
    line.addAll(List.of("-i", "" + rig.key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"));
    line.addAll(List.of("-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=yes"));
    line.addAll(List.of("-o", "HostKeyAlias=here", "-o", "UserKnownHostsFile=" + known));
    line.addAll(List.of("-o", "GlobalKnownHostsFile=none"));
    line.addAll(List.of(options));
    line.addAll(List.of("me@127.0.0.1", command));
    return line;
  }
}
