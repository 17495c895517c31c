package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the program ssh-audit says of a server with default settings. */
@Timeout(120)
final class SshAuditTest {
  private static final Path PROGRAM = Path.of("/usr/bin/ssh-audit");

  /**
   * The rules of ssh-audit's hardened policies for OpenSSH 9.9 and 10 as far as they are about what
   * we have; the program that Debian 12 has brings policies up to 8.7, which want finite field
   * Diffie-Hellman.
   */
  private static final String POLICY =
      """
      name = "Hardened, without finite fields"
      version = 1
      host keys = ssh-ed25519
      key exchanges = mlkem768x25519-sha256, sntrup761x25519-sha512, sntrup761x25519-sha512@openssh.com, curve25519-sha256, curve25519-sha256@libssh.org, ext-info-s, kex-strict-s-v00@openssh.com
      ciphers = aes128-gcm@openssh.com, aes256-gcm@openssh.com, chacha20-poly1305@openssh.com, aes128-ctr, aes192-ctr, aes256-ctr
      macs = hmac-sha2-256-etm@openssh.com, hmac-sha2-512-etm@openssh.com
      """;

  @TempDir Path directory;

  @BeforeEach
  void needsTheProgram() {
    assumeTrue(Files.isExecutable(PROGRAM), "SKIPPED: needs the Debian package ssh-audit");
  }

  @Test
  void nothingThatItKnowsIsWrong() throws Exception {
    try (NodeRig rig = new NodeRig(directory)) {
      String said = audit(rig, "-l", "warn");
      assertThat(said).doesNotContain("[fail]");
      Stream<String> warnings = said.lines().filter(line -> line.contains("[warn]"));
      // What is newer than the program; sntrup761 has been OpenSSH's default since 9.0.
      assertThat(warnings)
          .allMatch(line ->
              line.contains("unknown algorithm")
                  || (line.contains("sntrup761") && line.contains("experimental")));
    }
  }

  @Test
  void itPassesTheHardenedPolicy() throws Exception {
    Path policy = Files.writeString(directory.resolve("policy"), POLICY);
    try (NodeRig rig = new NodeRig(directory)) {
      assertThat(audit(rig, "-P", policy.toString())).contains("Passed");
    }
    try (NodeRig rig = new NodeRig(directory.resolve("other"), "MACs", "+hmac-sha2-256")) {
      assertThat(audit(rig, "-P", policy.toString())).contains("Failed");
    }
  }

  private static String audit(NodeRig rig, String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of(PROGRAM.toString(), "-n"));
    line.addAll(List.of(options));
    line.addAll(List.of("-p", Integer.toString(rig.port()), "127.0.0.1"));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return said;
  }
}
