package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files of known hosts say, and what comes of it. */
final class KnownHostsTest {
  private static final KeyPair ONE = SshKeys.generateEd25519();
  private static final KeyPair OTHER = SshKeys.generateEd25519();
  private static final KeyPair AUTHORITY = SshKeys.generateEd25519();

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("known");
  }

  @Test
  void aNewHostIsTakenIfThePersonSaysYesOrTheFingerprint() throws Exception {
    for (String answer : List.of("yes", "YES", " yes ", fingerprint(ONE))) {
      Files.deleteIfExists(file);
      WrittenPerson person = new WrittenPerson(answer);
      assertThat(check("ask", person).accepts(ONE.getPublic())).as(answer).isTrue();
      assertThat(Files.readString(file)).isEqualTo("host " + SshKeys.line(ONE.getPublic()) + "\n");
    }
  }

  @Test
  void aNewHostIsRefusedIfThePersonSaysAnythingElse() throws Exception {
    for (String answer : List.of("no", "", "No way")) {
      assertThat(check("ask", new WrittenPerson(answer)).accepts(ONE.getPublic())).isFalse();
    }
    WrittenPerson person = new WrittenPerson("perhaps", fingerprint(OTHER), "no");
    assertThat(check("ask", person).accepts(ONE.getPublic())).isFalse();
    assertThat(person.asked.subList(1, 3))
        .containsOnly("Please type 'yes', 'no' or the fingerprint: ");
    assertThat(file).doesNotExist();
  }

  @Test
  void somebodyWhoNeverAnswersIsNotAskedForEver() throws Exception {
    String[] answers = new String[KnownHostsCheck.MOST_ANSWERS + 5];
    java.util.Arrays.fill(answers, "what?");
    WrittenPerson person = new WrittenPerson(answers);
    assertThat(check("ask", person).accepts(ONE.getPublic())).isFalse();
    assertThat(person.asked).hasSize(KnownHostsCheck.MOST_ANSWERS);
  }

  @ParameterizedTest
  @CsvSource({"yes, false, false", "accept-new, true, false", "no, true, true"})
  void strictnessDecidesOfNewAndOfChangedKeys(String strict, boolean takesNew, boolean goesOn)
      throws Exception {
    assertThat(check(strict, new WrittenPerson()).accepts(ONE.getPublic())).isEqualTo(takesNew);
    Files.writeString(file, "host " + SshKeys.line(OTHER.getPublic()) + "\n");
    KnownHostsCheck check = check(strict, new WrittenPerson());
    assertThat(check.accepts(ONE.getPublic())).isEqualTo(goesOn);
    assertThat(check.isUnsafe()).isEqualTo(goesOn);
  }

  @Test
  void inBatchModeNobodyIsAsked() throws Exception {
    WrittenPerson person = new WrittenPerson("yes");
    assertThat(check("ask", person, "BatchMode yes").accepts(ONE.getPublic())).isFalse();
    assertThat(person.asked).isEmpty();
  }

  @Test
  void aRevokedKeyIsRefusedEvenIfItIsKnown() throws Exception {
    String line = SshKeys.line(ONE.getPublic());
    Files.writeString(file, "host " + line + "\n@revoked * " + line + "\n");
    WrittenPerson person = new WrittenPerson();
    assertThat(check("ask", person).accepts(ONE.getPublic())).isFalse();
    assertThat(person.told).anyMatch(text -> text.contains("REVOKED HOST KEY"));
  }

  @Test
  void aKeyThatAFileRevokesIsRefused() throws Exception {
    Files.writeString(file, "host " + SshKeys.line(ONE.getPublic()) + "\n");
    Path revoked = directory.resolve("revoked");
    String option = "RevokedHostKeys " + revoked;
    assertThat(check("no", new WrittenPerson(), option).accepts(ONE.getPublic())).isFalse();
    Files.writeString(revoked, SshKeys.line(OTHER.getPublic()) + " comment\n");
    assertThat(check("no", new WrittenPerson(), option).accepts(ONE.getPublic())).isTrue();
    Files.writeString(revoked, SshKeys.line(ONE.getPublic()) + "\n");
    assertThat(check("no", new WrittenPerson(), option).accepts(ONE.getPublic())).isFalse();
    Files.writeString(revoked, "SSHKRL\n\0anything");
    assertThat(check("no", new WrittenPerson(), option).accepts(ONE.getPublic())).isFalse();
  }

  @Test
  void aCommandMayKnowTheHost() throws Exception {
    Path lines = Files.writeString(directory.resolve("l"), "host " + SshKeys.line(ONE.getPublic()));
    String option = "KnownHostsCommand /bin/cat " + lines;
    assertThat(check("yes", new WrittenPerson(), option).accepts(ONE.getPublic())).isTrue();
    assertThat(check("yes", new WrittenPerson(), option).accepts(OTHER.getPublic())).isFalse();
    for (String bad : List.of("/bin/false", "cat " + lines, "/bin/cat %q")) {
      assertThat(
              check("no", new WrittenPerson(), "KnownHostsCommand " + bad).accepts(ONE.getPublic()))
          .as(bad)
          .isFalse();
    }
  }

  @Test
  void aCertificateHoldsForItsNamesUnderAKnownAuthority() throws Exception {
    Files.writeString(file, "@cert-authority ho* " + SshKeys.line(AUTHORITY.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson()).accepts(certificate("host", 60))).isTrue();
    assertThat(check("yes", new WrittenPerson()).accepts(certificate("h*t", 60))).isTrue();
    WrittenPerson person = new WrittenPerson();
    assertThat(check("yes", person).accepts(certificate("other", 60))).isFalse();
    assertThat(person.told).contains("Certificate invalid: name is not a listed principal");
    person = new WrittenPerson();
    assertThat(check("yes", person).accepts(certificate("host", -60))).isFalse();
    assertThat(person.told).contains("Certificate invalid: expired");
  }

  @Test
  void anAuthorityIsNoHostAndAHostNoAuthority() throws Exception {
    Files.writeString(file, "host " + SshKeys.line(AUTHORITY.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson()).accepts(certificate("host", 60))).isFalse();
    Files.writeString(file, "@cert-authority host " + SshKeys.line(ONE.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson()).accepts(ONE.getPublic())).isFalse();
  }

  @Test
  void aCertificateWithoutAnAuthorityIsItsKey() throws Exception {
    Files.writeString(file, "host " + SshKeys.line(ONE.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson()).accepts(certificate("x", -60))).isTrue();
  }

  @Test
  void aRevokedAuthorityOrKeyIsRefused() throws Exception {
    String authority = SshKeys.line(AUTHORITY.getPublic());
    for (String revoked : List.of(authority, SshKeys.line(ONE.getPublic()))) {
      Files.writeString(
          file, "@cert-authority host " + authority + "\n@revoked host " + revoked + "\n");
      assertThat(check("yes", new WrittenPerson()).accepts(certificate("host", 60))).isFalse();
    }
  }

  @Test
  void theCertificatesAlgorithmMustBeAllowed() throws Exception {
    Files.writeString(file, "@cert-authority host " + SshKeys.line(AUTHORITY.getPublic()) + "\n");
    WrittenPerson person = new WrittenPerson();
    assertThat(
            check("yes", person, "CASignatureAlgorithms rsa-sha2-512")
                .accepts(certificate("host", 60)))
        .isFalse();
    assertThat(person.told).contains("Certificate signed with disallowed algorithm");
  }

  @Test
  void aHostAtAnotherPortMayBeKnownWithoutIt() throws Exception {
    Files.writeString(file, "host " + SshKeys.line(ONE.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson(), "Port 2022").accepts(ONE.getPublic())).isTrue();
    WrittenPerson person = new WrittenPerson();
    assertThat(check("yes", person, "Port 2022").accepts(OTHER.getPublic())).isFalse();
    assertThat(person.told).noneMatch(text -> text.contains("HAS CHANGED"));
  }

  @Test
  void aFileWithoutALastEndOfLineIsNotSpoiled() throws Exception {
    String before = "other " + SshKeys.line(OTHER.getPublic());
    Files.writeString(file, before);
    assertThat(check("no", new WrittenPerson()).accepts(ONE.getPublic())).isTrue();
    assertThat(Files.readAllLines(file))
        .containsExactly(before, "host " + SshKeys.line(ONE.getPublic()));
  }

  @Test
  void knownKeysAreAskedForFirst() throws Exception {
    Files.writeString(file, "host " + SshKeys.line(ONE.getPublic()) + "\n");
    assertThat(check("yes", new WrittenPerson()).ordered(List.of("rsa-sha2-512", "ssh-ed25519")))
        .containsExactly("ssh-ed25519", "rsa-sha2-512");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "host ssh-ed25519",
        "host ssh-ed25519 AAAA",
        "@strange host ssh-ed25519 AAAA",
        "# host",
        "|1|x host",
        "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA",
        "\u0000",
        "@revoked"
      })
  void aLineThatCantBeUnderstoodSaysNothing(String line) {
    assertThat(KnownHost.parse(line, "f:1")).isNull();
  }

  /** Plain, hashed, negated, with ports and wildcards: the same lines as ssh-keygen finds. */
  @Test
  void findsTheLinesThatSshKeygenFinds() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ssh-keygen")),
        "SKIPPED: needs ssh-keygen (openssh-client)");
    List<String> patterns =
        List.of(
            "host",
            "*.org",
            "a.org,!b.org",
            "h?st,x",
            "[host]:22",
            "[host]:2022",
            "[*]:2022",
            "!host,*",
            "10.0.0.*",
            "HOST",
            "*");
    List<String> names = List.of("host", "a.org", "b.org", "[host]:2022", "10.0.0.1", "::1");
    SplittableRandom random = new SplittableRandom(7);
    int found = 0;
    for (int round = 0; round < 12; round++) {
      StringBuilder text = new StringBuilder("# a comment\n\nbroken line\n");
      for (int i = random.nextInt(12); i >= 0; i--) {
        boolean hashed = random.nextInt(3) == 0;
        String pattern =
            hashed
                ? HashedName.of(names.get(random.nextInt(names.size())), new SecureRandom())
                : patterns.get(random.nextInt(patterns.size()));
        String marker = random.nextInt(4) == 0 ? "@revoked " : "";
        text.append(marker + pattern + " " + SshKeys.line(ONE.getPublic()) + "\n");
      }
      Files.writeString(file, text);
      for (String name : names) {
        List<String> ours =
            KnownHosts.read(List.of(file), name).entries().stream()
                .map(e -> e.place().substring(e.place().lastIndexOf(':') + 1))
                .toList();
        assertThat(ours).as("%s in\n%s", name, text).isEqualTo(keygenFinds(name));
        found += ours.size();
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void aNameThatWeHashIsFoundBySshKeygen() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ssh-keygen")),
        "SKIPPED: needs ssh-keygen (openssh-client)");
    KnownHostsCheck check = check("no", new WrittenPerson(), "HashKnownHosts yes", "Port 2022");
    assertThat(check.accepts(ONE.getPublic())).isTrue();
    assertThat(Files.readString(file)).startsWith("|1|").doesNotContain("host");
    assertThat(keygenFinds("[host]:2022")).containsExactly("1");
    run("ssh-keygen", "-R", "[host]:2022", "-f", file.toString());
    assertThat(keygenFinds("[host]:2022")).isEmpty();
  }

  private List<String> keygenFinds(String name) throws Exception {
    return run("ssh-keygen", "-F", name, "-f", file.toString())
        .lines()
        .filter(line -> line.startsWith("# Host "))
        .map(line -> line.replaceAll("^.* found: line ([0-9]+).*$", "$1"))
        .toList();
  }

  private static String run(String... words) throws Exception {
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  private static String fingerprint(KeyPair key) {
    return SshKeys.fingerprint(key.getPublic());
  }

  private static OpenSshCertificate certificate(String principal, long secondsLeft)
      throws Exception {
    Instant end = Instant.now().plusSeconds(secondsLeft);
    return OpenSshCertificateBuilder.hostCertificate()
        .serial(1)
        .publicKey(ONE.getPublic())
        .id("test")
        .principals(List.of(principal))
        .validAfter(end.minus(Duration.ofHours(1)))
        .validBefore(end)
        .sign(AUTHORITY);
  }

  private KnownHostsCheck check(String strict, WrittenPerson person, String... more)
      throws IOException {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("StrictHostKeyChecking " + strict);
    options.add("UserKnownHostsFile " + file);
    options.add("GlobalKnownHostsFile none");
    ClientConfig config =
        ClientConfig.read(
            new ConfigQuery("host", options, Optional.of("none"), ""), Surroundings.ofProcess());
    return new KnownHostsCheck(config, "192.0.2.1", person);
  }
}
