package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that ssh-keygen makes, in all its formats. */
final class KeyFileTest {
  @TempDir Path directory;
  private final List<String> prompts = new ArrayList<>();
  private final Queue<String> answers = new ArrayDeque<>();

  @BeforeEach
  void needsSshKeygen() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ssh-keygen")),
        "SKIPPED: needs ssh-keygen (openssh-client)");
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519, RFC4716, ''",
    "ed25519, RFC4716, secret",
    "rsa, RFC4716, ''",
    "rsa, RFC4716, secret",
    "rsa, PEM, ''",
    "rsa, PEM, secret",
    "rsa, PKCS8, ''",
    "rsa, PKCS8, secret",
    "ecdsa, RFC4716, secret",
    "ecdsa, PEM, ''",
    "ecdsa, PEM, secret",
    "ecdsa, PKCS8, ''",
    "ecdsa, PKCS8, secret",
  })
  void everyFormatIsRead(String type, String format, String passphrase) throws Exception {
    Path file = key(type, format, passphrase);
    answers.add("wrong");
    answers.add(passphrase);
    KeyFile.Read read = new KeyFile(file).read(this::answer, 3);
    assertThat(read).isInstanceOf(KeyFile.Read.Key.class);
    String line = SshKeys.line(((KeyFile.Read.Key) read).pair().getPublic());
    assertThat(Files.readString(Path.of(file + ".pub"))).startsWith(line);
    assertThat(new KeyFile(file).publicHalf().map(SshKeys::line)).contains(line);
    assertThat(prompts).hasSize(passphrase.isEmpty() ? 0 : 2);
  }

  @Test
  void everyCipherOfKeygenIsRead() throws Exception {
    for (String cipher : List.of("aes256-ctr", "aes256-cbc", "aes128-ctr")) {
      Path file = directory.resolve(cipher);
      keygen("-t", "ed25519", "-Z", cipher, "-a", "4", "-N", "secret", "-f", file.toString());
      answers.add("secret");
      assertThat(new KeyFile(file).read(this::answer, 3)).isInstanceOf(KeyFile.Read.Key.class);
    }
  }

  @Test
  void aPassphraseIsAskedForSoOftenAndNoMore() throws Exception {
    Path file = key("ed25519", "RFC4716", "secret");
    answers.addAll(List.of("a", "b", "c", "secret"));
    assertThat(new KeyFile(file).read(this::answer, 3)).isInstanceOf(KeyFile.Read.Locked.class);
    assertThat(prompts).hasSize(3).containsOnly("Enter passphrase for key '" + file + "': ");
  }

  @Test
  void anEmptyAnswerOrNobodyEndsIt() throws Exception {
    Path file = key("rsa", "PEM", "secret");
    answers.add("");
    assertThat(new KeyFile(file).read(this::answer, 3)).isInstanceOf(KeyFile.Read.Locked.class);
    assertThat(new KeyFile(file).read(_ -> null, 3)).isInstanceOf(KeyFile.Read.Locked.class);
    assertThat(prompts).hasSize(1);
  }

  @Test
  void aFileThatOthersCanReadIsIgnored() throws Exception {
    Path file = key("ed25519", "RFC4716", "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(new KeyFile(file).read(this::answer, 3))
        .isInstanceOfSatisfying(
            KeyFile.Read.Unusable.class,
            unusable ->
                assertThat(unusable.why())
                    .contains("UNPROTECTED PRIVATE KEY FILE!")
                    .contains("Permissions 0640 for '" + file + "' are too open."));
  }

  @Test
  void whatIsNoKeyIsSaidToBeNone() throws Exception {
    Path file = Files.writeString(directory.resolve("no"), "nothing");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(new KeyFile(file).read(this::answer, 3)).isInstanceOf(KeyFile.Read.Unusable.class);
    assertThat(new KeyFile(directory.resolve("missing")).read(this::answer, 3))
        .isInstanceOf(KeyFile.Read.Missing.class);
    assertThat(new KeyFile(file).publicHalf()).isEmpty();
  }

  @Test
  void aCertificateBesideTheKeyIsFound() throws Exception {
    Path authority = key("ed25519", "RFC4716", "");
    Path file = directory.resolve("user");
    keygen("-t", "ed25519", "-N", "", "-f", file.toString());
    keygen("-s", authority.toString(), "-I", "x", "-n", "alice", file + ".pub");
    assertThat(new KeyFile(file).certificate()).isPresent();
    assertThat(new KeyFile(authority).certificate()).isEmpty();
  }

  private char[] answer(String prompt) {
    prompts.add(prompt);
    String answer = answers.poll();
    return answer == null ? new char[0] : answer.toCharArray();
  }

  private Path key(String type, String format, String passphrase) throws Exception {
    Path file = directory.resolve("key-" + type + "-" + format);
    keygen("-t", type, "-m", format, "-N", passphrase, "-f", file.toString());
    return file;
  }

  private static void keygen(String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("ssh-keygen", "-q"));
    words.addAll(List.of(arguments));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
  }
}
