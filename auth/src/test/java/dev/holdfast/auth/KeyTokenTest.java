package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Authority;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.ssh.CertificateSigner;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authorities' keys on a real token, and what happens to it. */
final class KeyTokenTest {
  @TempDir Path directory;
  private SoftToken soft;

  @BeforeEach
  void make() throws Exception {
    soft = SoftToken.make(directory);
  }

  private KeyToken open() throws IOException {
    return KeyToken.open(soft.settings());
  }

  /** A signature is checked before it is given away. */
  private static SshPublicKey certificate(CertificateSigner by) throws IOException {
    Instant now = Instant.now();
    return new NewCertificate(
            NewCertificate.Kind.USER,
            SshKeys.wire(SshKeys.generateEd25519().getPublic()),
            1,
            "alice",
            List.of("alice"),
            now,
            now.plus(Duration.ofHours(1)),
            new TreeMap<>(),
            List.of())
        .signedBy(by);
  }

  @Test
  void aKeyThatIsMadeThereSignsAndIsNeverShown() throws Exception {
    CertificateSigner made = open().make(Authority.Kind.USER);
    assertThat(made.key().type()).isEqualTo("ssh-ed25519");
    assertThat(certificate(made).type()).isEqualTo("ssh-ed25519-cert-v01@openssh.com");
    assertThat(soft.tool("--list-objects", "--type", "privkey"))
        .contains("holdfast user authority", "sensitive", "never extractable");
  }

  @Test
  void sshKeygenBelievesWhatItSigns() throws Exception {
    CertificateSigner made = open().make(Authority.Kind.USER);
    Path file = Files.writeString(directory.resolve("a-cert.pub"), certificate(made).line() + "\n");
    Process listing = new ProcessBuilder("ssh-keygen", "-L", "-f", file.toString()).start();
    assertThat(new String(listing.getInputStream().readAllBytes(), US_ASCII))
        .contains("Signing CA: ED25519 " + made.key().fingerprint());
    assertThat(listing.waitFor()).isZero();
  }

  @Test
  void aKeyForEcdsaThatSomebodyElseMadeSignsAsWell() throws Exception {
    soft.tool("--keypairgen", "--key-type", "EC:prime256v1", "--id", "77", "--label", "mine");
    CertificateSigner key = open().all().getFirst();
    assertThat(key.key().type()).isEqualTo("ecdsa-sha2-nistp256");
    for (int i = 0; i < 64; i++) {
      certificate(key); // Numbers with leading zeros and ones are among them.
    }
  }

  @Test
  void aSessionThatIsLostIsBegunAgain() throws Exception {
    CertificateSigner made = open().make(Authority.Kind.HOST);
    SoftToken.loseSessions();
    certificate(made);
  }

  @Test
  void aTokenThatIsAwayIsMissedInOneSentenceAndUsedAgainWhenItIsBack() throws Exception {
    KeyToken token = open();
    CertificateSigner made = token.make(Authority.Kind.USER);
    soft.takeAway();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> certificate(made))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessage(
              "The token 'holdfast' is not there, so nothing can be certified; connect it again.");
    }
    assertThatThrownBy(() -> token.find(made.key().fingerprint()))
        .isInstanceOf(KeyUnavailableException.class);
    soft.bringBack();
    certificate(made);
    assertThat(token.find(made.key().fingerprint())).isPresent();
  }

  @Test
  void aPinThatIsRefusedIsTriedOnceAndARightOneAtOnce() throws Exception {
    KeyToken token = open();
    CertificateSigner made = token.make(Authority.Kind.USER);
    soft.told = "9999";
    SoftToken.loseSessions();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> certificate(made))
          .hasMessage(
              "The token 'holdfast' refuses its PIN, so nothing can be certified; put the right one"
                  + " into the file of pin-file, or into HOLDFAST_TOKEN_PIN.");
    }
    soft.told = SoftToken.PIN;
    certificate(made);
  }

  @Test
  void aKeyThatIsMissingIsSaidToBe() throws Exception {
    KeyToken token = open();
    CertificateSigner made = token.make(Authority.Kind.USER);
    Matcher id =
        Pattern.compile("ID: +([0-9a-f]+)")
            .matcher(soft.tool("--list-objects", "--type", "privkey"));
    assertThat(id.find()).isTrue();
    soft.tool("--delete-object", "--type", "privkey", "--id", id.group(1));
    assertThatThrownBy(() -> certificate(made))
        .hasMessage(
            "The token 'holdfast' has the authority's public key without its private one; restore"
                + " it, or change the authority.");
    assertThat(token.find("SHA256:another")).isEmpty();
  }

  @Test
  void whatIsNoModuleIsSaidToBeNone() throws Exception {
    for (String module : List.of("/nowhere.so", "/usr/bin/env")) {
      assertThatThrownBy(
              () -> KeyToken.open(new TokenSettings(Path.of(module), "holdfast", () -> "1")))
          .hasMessage(
              module
                  + " is no PKCS #11 module that can be loaded; name the library of the token in"
                  + " 'module'.");
    }
  }

  @Test
  void authoritiesMoveToATokenByAChangeAndBackTheSameWay() throws Exception {
    Path keys = directory.resolve("authorities");
    try (Database database = Database.open("sqlite:" + directory.resolve("store.db"))) {
      AuditTrail trail = new AuditTrail(database);
      CertificateAuthority before =
          CertificateAuthority.open(database, trail, AuthorityKeys.open(keys));
      String inFile = fingerprint(before);
      CertificateAuthority with =
          CertificateAuthority.open(database, trail, AuthorityKeys.open(keys, open()));
      assertThat(fingerprint(with)).isEqualTo(inFile);
      change(with);
      String onToken = fingerprint(with);
      assertThat(onToken).isNotEqualTo(inFile);
      assertThat(open().find(onToken)).isPresent();
      Issued issued =
          with.issueForHost(
              SshKeys.wire(SshKeys.generateEd25519().getPublic()), "a", List.of("a.demo"));
      assertThat(issued.certificate()).startsWith("ssh-ed25519-cert-v01@openssh.com ");
      change(with);
      assertThat(fingerprint(with)).isNotEqualTo(onToken);
      assertThat(with.find(inFile)).isPresent();
      assertThatThrownBy(() ->
              CertificateAuthority.open(database, trail, AuthorityKeys.open(keys))
                  .signing(Authority.Kind.HOST))
          .hasMessageContaining(" is not in " + keys + "; copy it from");
    }
  }

  private static void change(CertificateAuthority authority) throws IOException {
    authority.rotate(Authority.Kind.HOST, Phase.BEGIN);
    authority.rotate(Authority.Kind.HOST, Phase.SWITCH);
  }

  private static String fingerprint(CertificateAuthority authority) throws IOException {
    return authority.signing(Authority.Kind.HOST).signer().key().fingerprint();
  }
}
