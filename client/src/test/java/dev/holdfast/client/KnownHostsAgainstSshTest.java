package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.SshKeys;
import dev.holdfast.testkit.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What we say and write about a host's key, word for word what ssh does. */
@Timeout(120)
final class KnownHostsAgainstSshTest {
  private static final KeyPair OTHER = SshKeys.generateEd25519();

  @TempDir Path directory;
  private OpenSsh.Sshd sshd;
  private String hostKey;
  private String name;
  private Path known;

  @BeforeEach
  void start() throws Exception {
    OpenSsh openSsh = new OpenSsh(directory);
    Path key = openSsh.key("ed25519");
    hostKey = OpenSsh.line(key);
    sshd = openSsh.sshd(key, hostKey);
    name = "[127.0.0.1]:" + sshd.port();
    known = directory.resolve("known");
  }

  @AfterEach
  void stop() {
    if (sshd != null) {
      sshd.close();
    }
  }

  @Test
  void aNewKeyUnderStrictChecking() throws Exception {
    compare("", "StrictHostKeyChecking yes");
  }

  @Test
  void aNewKeyThatIsTaken() throws Exception {
    compare("", "StrictHostKeyChecking accept-new");
    compare("", "StrictHostKeyChecking no");
    compare("other " + line(OTHER), "StrictHostKeyChecking no");
    compare("", "StrictHostKeyChecking no", "LogLevel ERROR");
  }

  @Test
  void aNewKeyThatIsAskedFor() throws Exception {
    compare("", "StrictHostKeyChecking ask");
    compare("same " + hostKey + "\nagain,and " + hostKey + "\n", "StrictHostKeyChecking ask");
    compare(name + " " + rsa() + "\n", "StrictHostKeyChecking ask");
  }

  @Test
  void aKeyThatIsKnown() throws Exception {
    compare(name + " " + hostKey + "\n", "StrictHostKeyChecking yes");
    compare("127.0.0.1 " + hostKey + "\n", "StrictHostKeyChecking yes");
    compare("alias " + hostKey + "\n", "StrictHostKeyChecking yes", "HostKeyAlias alias");
  }

  @Test
  void aChangedKey() throws Exception {
    compare("# x\n" + name + " " + line(OTHER), "StrictHostKeyChecking yes");
    compare(name + " " + line(OTHER), "StrictHostKeyChecking ask");
    compare(name + " " + line(OTHER), "StrictHostKeyChecking accept-new");
  }

  @Test
  void aChangedKeyThatOneGoesOnWith() throws Exception {
    compare(name + " " + line(OTHER), "StrictHostKeyChecking no", "ForwardAgent yes");
    compare(
        name + " " + line(OTHER),
        "StrictHostKeyChecking no",
        "PasswordAuthentication no",
        "LocalForward 1 a:1",
        "ExitOnForwardFailure yes");
  }

  @Test
  void aRevokedKey() throws Exception {
    compare("@revoked * " + hostKey + "\n", "StrictHostKeyChecking yes");
    compare("@revoked * " + hostKey + "\n", "StrictHostKeyChecking no");
  }

  private void compare(String file, String... options) throws Exception {
    Files.writeString(known, file);
    List<String> theirs = ssh(List.of(options));
    String theirFile = Files.readString(known);
    Files.writeString(known, file);
    List<String> ours = ours(List.of(options));
    assertThat(ours).as("said with %s and\n%s", List.of(options), file).isEqualTo(theirs);
    assertThat(Files.readString(known)).as("the file").isEqualTo(theirFile);
  }

  private List<String> lines(List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add("UserKnownHostsFile " + known);
    all.add("GlobalKnownHostsFile none");
    all.add("UpdateHostKeys no");
    all.add("HostKeyAlgorithms ssh-ed25519");
    all.add("Port " + sshd.port());
    return all;
  }

  private List<String> ours(List<String> options) throws Exception {
    ClientConfig config =
        ClientConfig.read(
            new ConfigQuery("127.0.0.1", lines(options), Optional.of("none"), ""),
            Surroundings.ofProcess());
    WrittenPerson person = new WrittenPerson("yes");
    boolean accepted = new KnownHostsCheck(config, "127.0.0.1", person).accepts(key(hostKey));
    List<String> said = new ArrayList<>();
    said.addAll(person.told);
    person.asked.forEach(prompt -> prompt.lines().map(String::strip).forEach(said::add));
    said.add(accepted ? "goes on" : "ends");
    said.sort(null);
    return said;
  }

  /** What ssh says until it has decided about the key; a question is answered with yes. */
  private List<String> ssh(List<String> options) throws Exception {
    Path asked = directory.resolve("asked");
    Files.deleteIfExists(asked);
    Path script =
        Files.writeString(
            directory.resolve("askpass"),
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >>'" + asked + "'\necho yes\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    List<String> words = new ArrayList<>(List.of("ssh", "-F", "none"));
    lines(options).forEach(line -> words.addAll(List.of("-o", line)));
    words.addAll(List.of("-o", "PreferredAuthentications none", "127.0.0.1", "true"));
    ProcessBuilder builder = new ProcessBuilder(words).redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("SSH_ASKPASS", script.toString());
    builder.environment().put("SSH_ASKPASS_REQUIRE", "force");
    Process process = builder.start();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<String> said = new ArrayList<>();
    boolean refused = err.contains("Host key verification failed.");
    boolean fatal = err.contains("Error: forwarding disabled due to host key check failure");
    err.lines()
        .filter(line -> !line.contains("Permission denied"))
        .filter(line -> !line.contains("verification failed"))
        // Debian's patch.
        .filter(line -> !line.startsWith("  remove with:") && !line.startsWith("  ssh-keygen -f"))
        .forEach(said::add);
    if (Files.exists(asked)) {
      Files.readAllLines(asked).forEach(line -> said.add(line.strip()));
    }
    said.add(refused || fatal ? "ends" : "goes on");
    said.sort(null);
    return said;
  }

  private static PublicKey key(String line) throws Exception {
    return PublicKeyEntry.parsePublicKeyEntry(line).resolvePublicKey(null, null, null);
  }

  private String rsa() throws Exception {
    return OpenSsh.line(new OpenSsh(directory).key("rsa"));
  }

  private static String line(KeyPair pair) {
    return SshKeys.line(pair.getPublic()) + "\n";
  }
}
