package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in by which key or certificate, rule by rule. */
final class SystemLoginRulesTest {
  private static final InetSocketAddress FROM =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 1000);

  @TempDir Path directory;
  private Account account;
  private ServerSettings settings =
      ServerSettings.DEFAULTS.with(ServerOption.PERMIT_ROOT_LOGIN, RootLogin.YES);
  private final SshPublicKey key = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private final CertificateMaker maker = new CertificateMaker();
  private Certifiers certifiers = Certifiers.NONE;

  @BeforeEach
  void makeAccount() throws IOException {
    account = new Account(directory);
  }

  @Test
  void aKeyOnTheListGetsInAndNoOther() throws Exception {
    account.authorize("# mine", "", "nonsense", "no-pty " + key.line() + " me@here");
    LoginRules.Candidate candidate = byKey(key).orElseThrow();
    assertThat(candidate.key()).isEqualTo(key);
    assertThat(candidate.login().permissions().pty()).isFalse();
    assertThat(candidate.login().credential())
        .isEqualTo(new Credential.Key("ssh-ed25519", key.fingerprint()));
    assertThat(byKey(SshKeys.wire(SshKeys.generateEd25519().getPublic()))).isEmpty();
    assertThat(rules().byKey("nobody-here", FROM, key)).isEmpty();
  }

  @Test
  void aLineThatDoesNotApplyLeavesTheNextOne() throws Exception {
    account.authorize(
        "from=\"10.0.0.0/8\",command=\"a\" " + key.line(), "command=\"b\" " + key.line());
    assertThat(permissions(key).command()).isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw----", "rw----rw-"})
  void aFileThatOthersMayWriteIsNotBelievedUnderStrictModes(String mode) throws Exception {
    Path file = account.authorize(key.line());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThat(byKey(key)).isEmpty();
    settings = settings.with(ServerOption.STRICT_MODES, false);
    assertThat(byKey(key)).isPresent();
  }

  @Test
  void aDirectoryThatOthersMayWriteIsNotBelievedEither() throws Exception {
    account.authorize(key.line());
    Files.setPosixFilePermissions(account.home, PosixFilePermissions.fromString("rwxrwx---"));
    assertThat(byKey(key)).isEmpty();
  }

  @Test
  void whatIsNoFileIsNotReadAndHoldsNothingUp() throws Exception {
    Path file = account.authorize(key.line());
    Files.delete(file);
    Process made = new ProcessBuilder("mkfifo", "-m", "600", file.toString()).start();
    assertThat(made.waitFor()).isZero();
    assertThat(byKey(key)).isEmpty();
  }

  @Test
  void filesHaveTokensAndThereMayBeSeveralOrNone() throws Exception {
    Path keys = Files.createDirectory(directory.resolve("keys"));
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwx------"));
    settings = settings.with(ServerOption.STRICT_MODES, false);
    Files.writeString(keys.resolve("me"), key.line());
    settings = settings.with(ServerOption.AUTHORIZED_KEYS_FILE, List.of("%h/none", keys + "/%u"));
    assertThat(byKey(key)).isPresent();
    settings = settings.with(ServerOption.AUTHORIZED_KEYS_FILE, List.of());
    assertThat(byKey(key)).isEmpty();
  }

  @Test
  void aRevokedKeyDoesNotGetInNorAnyIfTheListCanNotBeRead() throws Exception {
    account.authorize(key.line());
    Path revoked = Files.writeString(directory.resolve("revoked"), key.line() + "\n");
    settings = settings.with(ServerOption.REVOKED_KEYS, Optional.of(revoked.toString()));
    assertThat(byKey(key)).isEmpty();
    Files.writeString(revoked, "# nobody\n");
    assertThat(byKey(key)).isPresent();
    Files.writeString(revoked, "SSHKRL\n\0");
    assertThat(byKey(key)).isEmpty();
    Files.delete(revoked);
    assertThat(byKey(key)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "AllowUsers, me, true",
    "AllowUsers, m*, true",
    "AllowUsers, you, false",
    "AllowUsers, me@192.0.2.0/24, true",
    "AllowUsers, me@10.0.0.0/8, false",
    "DenyUsers, me, false",
    "DenyUsers, you, true",
    "DenyUsers, me@192.0.2.7, false",
    "AllowGroups, mine, true",
    "AllowGroups, theirs, false",
    "DenyGroups, m?ne, false",
    "DenyGroups, theirs, true"
  })
  void accountsAndGroupsAreAllowedAndDenied(String option, String value, boolean allowed)
      throws Exception {
    account.authorize(key.line());
    settings =
        ServerSettings.of(
            List.of(
                new ServerSettings.Entry(option, value),
                new ServerSettings.Entry("PermitRootLogin", "yes")));
    assertThat(byKey(key).isPresent()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "YES, true, true",
    "PROHIBIT_PASSWORD, true, true",
    "FORCED_COMMANDS_ONLY, false, true",
    "NO, false, false"
  })
  void rootGetsInAsIsSaid(RootLogin how, boolean free, boolean forced) {
    User root = new User("root", 0, 0, List.of(), "/root", "/bin/sh", false);
    AccountAccess access =
        new AccountAccess(ServerSettings.DEFAULTS.with(ServerOption.PERMIT_ROOT_LOGIN, how));
    assertThat(access.allowsKey(root, false)).isEqualTo(free);
    assertThat(access.allowsKey(root, true)).isEqualTo(forced);
    assertThat(access.allowsPassword(root)).isEqualTo(how == RootLogin.YES);
  }

  @Test
  void aLockedAccountOrOneWithoutShellDoesNotGetIn() {
    AccountAccess access = new AccountAccess(ServerSettings.DEFAULTS);
    InetAddress address = FROM.getAddress();
    User locked = new User("x", 5, 5, List.of(), "/", "/bin/sh", true);
    assertThat(access.refusal(locked, address, "h").orElseThrow()).contains("locked");
    User noShell = new User("x", 5, 5, List.of(), "/", "/no/such/shell", false);
    assertThat(access.refusal(noShell, address, "h").orElseThrow()).contains("/no/such/shell");
    User good = new User("x", 5, 5, List.of(), "/", "/bin/sh", false);
    assertThat(access.refusal(good, address, "h")).isEmpty();
  }

  @Test
  void aCertificateOfATrustedAuthorityGetsInAsItsPrincipal() throws Exception {
    trust();
    maker.extensions.put("permit-pty", new byte[0]);
    LoginRules.Candidate candidate = byKey(maker.make()).orElseThrow();
    assertThat(candidate.key()).isEqualTo(maker.key);
    assertThat(candidate.login().credential())
        .isEqualTo(
            new Credential.Certificate(
                "ssh-ed25519",
                maker.key.fingerprint(),
                "an id",
                42,
                maker.shownAuthority.fingerprint()));
    Permissions may = candidate.login().permissions();
    assertThat(may.pty()).isTrue();
    assertThat(may.portForwarding()).isFalse();
    assertThat(may.agentForwarding()).isFalse();
    assertThat(may.x11Forwarding()).isFalse();
    assertThat(may.userRc()).isFalse();
  }

  @Test
  void aCertificateOfAnotherAuthorityDoesNotGetIn() throws Exception {
    assertThat(byKey(maker.make())).isEmpty();
    trust();
    maker.by(SshKeys.generateEd25519(), "ssh-ed25519");
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void aCertificateThatItsAuthorityDidNotSignDoesNotGetIn() throws Exception {
    trust();
    maker.authority = SshKeys.generateEd25519();
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void aChangedByteMakesACertificateWorthless() throws Exception {
    trust();
    byte[] good = maker.make().blob();
    for (int i = 40; i < good.length; i += 3) {
      byte[] changed = good.clone();
      changed[i] ^= 1;
      assertThat(byKey(SshPublicKey.of(changed))).as("byte " + i).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "you", "me2", "*", "me,you", "ME"})
  void principalsAreExact(String principal) throws Exception {
    trust();
    maker.principals = principal.isEmpty() ? List.of() : List.of(principal);
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void aCertificateHasItsTime() throws Exception {
    trust();
    Duration second = Duration.ofSeconds(1);
    maker.valid(Account.NOW, Account.NOW.plus(second));
    assertThat(byKey(maker.make())).isPresent();
    maker.valid(Account.NOW.plus(second), Account.NOW.plus(second).plus(second));
    assertThat(byKey(maker.make())).isEmpty();
    maker.valid(Account.NOW.minus(second), Account.NOW);
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void aCertificateForAHostIsNoneForAUser() throws Exception {
    trust();
    maker.kind = 2;
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void whatIsCriticalAndNotKnownIsRefusedAndExtensionsAreNot() throws Exception {
    trust();
    maker.extensions.put("whatever@example.com", new byte[0]);
    assertThat(byKey(maker.make())).isPresent();
    maker.critical.put("whatever@example.com", new byte[0]);
    assertThat(byKey(maker.make())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, true",
    "192.0.2.0/24, true",
    "'10.0.0.0/8,192.0.2.0/24', true",
    "10.0.0.0/8, false",
    "192.0.2.7/24, false",
    "garbage, false",
    "'192.0.2.0/24,garbage', false",
    "192.0.2.*, false",
    "'', false"
  })
  void sourceAddressSaysWhereACertificateMayComeFrom(String networks, boolean allowed)
      throws Exception {
    trust();
    maker.critical.put("source-address", Wire.string(networks));
    assertThat(byKey(maker.make()).isPresent()).isEqualTo(allowed);
  }

  @Test
  void aCertificateForcesItsCommand() throws Exception {
    trust();
    maker.critical.put("force-command", Wire.string("only this"));
    assertThat(permissions(maker.make()).command()).isEqualTo("only this");
  }

  @Test
  void theSettingsCommandComesBeforeTheCertificates() throws Exception {
    trust();
    settings = settings.with(ServerOption.FORCE_COMMAND, Optional.of("the server's"));
    maker.critical.put("force-command", Wire.string("only this"));
    assertThat(permissions(maker.make()).command()).isEqualTo("the server's");
  }

  @Test
  void verifyRequiredIsKept() throws Exception {
    trust();
    maker.critical.put("verify-required", new byte[0]);
    maker.extensions.put("no-touch-required", new byte[0]);
    assertThat(permissions(maker.make()).verifyRequired()).isTrue();
    assertThat(permissions(maker.make()).touchRequired()).isFalse();
  }

  @Test
  void aCertificateIsNoAuthority() throws Exception {
    CertificateMaker upper = new CertificateMaker();
    upper.key = maker.shownAuthority;
    maker.shownAuthority = upper.make();
    trust();
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void anAuthorityThatSignsWithSha1IsNotBelieved() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair rsa = generator.generateKeyPair();
    maker.by(rsa, "rsa-sha2-512");
    trust();
    assertThat(byKey(maker.make())).isPresent();
    maker.by(rsa, "ssh-rsa");
    assertThat(byKey(maker.make())).isEmpty();
    maker.by(rsa, "rsa-sha2-512");
    settings =
        settings.with(
            ServerOption.CA_SIGNATURE_ALGORITHMS, new AlgorithmNames(List.of("ssh-ed25519")));
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void aRevokedAuthorityOrCertifiedKeyDoesNotGetIn() throws Exception {
    trust();
    Path revoked = directory.resolve("revoked");
    settings = settings.with(ServerOption.REVOKED_KEYS, Optional.of(revoked.toString()));
    for (SshPublicKey one : List.of(maker.key, maker.shownAuthority)) {
      Files.writeString(revoked, one.line());
      assertThat(byKey(maker.make())).isEmpty();
    }
  }

  @Test
  void certAuthorityOnAUsersListBelievesCertificatesAndNotTheKeyItself() throws Exception {
    account.authorize("cert-authority,no-pty " + maker.shownAuthority.line());
    maker.extensions.put("permit-pty", new byte[0]);
    maker.extensions.put("permit-user-rc", new byte[0]);
    assertThat(permissions(maker.make()).pty()).isFalse();
    assertThat(permissions(maker.make()).userRc()).isTrue();
    assertThat(byKey(maker.shownAuthority)).isEmpty();
    account.authorize(maker.shownAuthority.line());
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void principalsOnAUsersListStandForTheName() throws Exception {
    account.authorize("cert-authority,principals=\"a,b\" " + maker.shownAuthority.line());
    assertThat(byKey(maker.make())).isEmpty();
    maker.principals = List.of("b");
    assertThat(byKey(maker.make())).isPresent();
  }

  @Test
  void differentForcedCommandsExcludeEachOther() throws Exception {
    account.authorize("cert-authority,command=\"a\" " + maker.shownAuthority.line());
    assertThat(permissions(maker.make()).command()).isEqualTo("a");
    maker.critical.put("force-command", Wire.string("b"));
    assertThat(byKey(maker.make())).isEmpty();
    maker.critical.put("force-command", Wire.string("a"));
    assertThat(permissions(maker.make()).command()).isEqualTo("a");
  }

  @Test
  void anAuthorizedPrincipalsFileStandsForTheName() throws Exception {
    trust();
    account.authorize();
    Path file = account.home.resolve(".ssh/principals");
    Files.writeString(file, "# who\nno-pty,command=\"x y\"  admin # always\nother\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    settings =
        settings.with(ServerOption.AUTHORIZED_PRINCIPALS_FILE, Optional.of("%h/.ssh/principals"));
    assertThat(byKey(maker.make())).isEmpty();
    maker.principals = List.of("x", "admin");
    assertThat(permissions(maker.make()).command()).isEqualTo("x y");
  }

  @Test
  void aFidoKeysCertificateIsAboutTheFidoKey() throws Exception {
    trust();
    maker.key = Fido.ed25519().key();
    assertThat(byKey(maker.make()).orElseThrow().key()).isEqualTo(maker.key);
    maker.key = Fido.ecdsa().key();
    assertThat(byKey(maker.make()).orElseThrow().key()).isEqualTo(maker.key);
  }

  @Test
  void aCommandIsAskedForKeys() throws Exception {
    settings =
        settings
            .with(
                ServerOption.AUTHORIZED_KEYS_COMMAND,
                List.of("/usr/bin/printf", "restrict %%s\\n", "%t %k"))
            .with(ServerOption.AUTHORIZED_KEYS_COMMAND_USER, Optional.of("me"));
    assertThat(permissions(key).pty()).isFalse();
    settings = settings.with(ServerOption.AUTHORIZED_KEYS_COMMAND, List.of("/bin/false"));
    assertThat(byKey(key)).isEmpty();
  }

  @Test
  void aHostsNameCountsOnlyIfItIsLookedUp() throws Exception {
    account.authorize("from=\"*.example.com\" " + key.line());
    assertThat(byKey(key)).isEmpty();
    settings = settings.with(ServerOption.USE_DNS, true);
    assertThat(byKey(key)).isEmpty();
    account.hostName = address -> "laptop.example.com";
    assertThat(byKey(key)).isPresent();
    settings = settings.with(ServerOption.DENY_USERS, List.of("me@laptop.*"));
    assertThat(byKey(key)).isEmpty();
    settings = settings.with(ServerOption.USE_DNS, false);
    account.authorize(key.line());
    assertThat(byKey(key)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serial: 42", "serial: 40-50", "id: an id"})
  void aCertificateOnARevocationListDoesNotGetIn(String line) throws Exception {
    trust();
    assertThat(byKey(maker.make())).isPresent();
    Path authority = Files.writeString(directory.resolve("ca.pub"), maker.shownAuthority.line());
    Path list = directory.resolve("krl");
    Path spec = Files.writeString(directory.resolve("spec"), line + "\n");
    Process made =
        new ProcessBuilder(
                "ssh-keygen", "-q", "-k", "-f", "" + list, "-s", "" + authority, "" + spec)
            .start();
    assertThat(made.waitFor()).isZero();
    settings = settings.with(ServerOption.REVOKED_KEYS, Optional.of(list.toString()));
    assertThat(byKey(maker.make())).isEmpty();
    account.authorize(key.line());
    assertThat(byKey(key)).isPresent();
  }

  @Test
  void anAccountThatPamRefusesDoesNotGetInByKeyEither() throws Exception {
    account.authorize(key.line());
    account.passwords =
        new Passwords() {
          @Override
          public boolean authenticate(Login login, Dialogue dialogue) {
            return true;
          }

          @Override
          public boolean allows(Login login) {
            return false;
          }
        };
    assertThat(byKey(key)).isEmpty();
  }

  private void trust() throws IOException {
    Path file = directory.resolve("authorities");
    Files.write(file, (maker.shownAuthority.line() + "\n").getBytes(UTF_8));
    settings = settings.with(ServerOption.TRUSTED_USER_CA_KEYS, List.of(file.toString()));
  }

  @Test
  void aClustersCertificateLogsInToTheAccountsThatItNamesExactly() throws Exception {
    certifiers = certifiers(false);
    for (String principal : List.of("me", "me@web1")) {
      maker.principals = List.of(principal);
      SshPublicKey shown = maker.make();
      Login login = byKey(shown).orElseThrow().login();
      assertThat(login.guest())
          .isInstanceOfSatisfying(
              Certifiers.Member.class, it -> assertThat(it.shown()).isEqualTo(shown));
    }
    for (String principal : List.of("ME", "me@web2", "me@web1.x", "m", "web1", "*", "")) {
      maker.principals = List.of(principal);
      assertThat(byKey(maker.make())).as(principal).isEmpty();
    }
    maker.principals = List.of();
    assertThat(byKey(maker.make())).isEmpty();
    maker.principals = List.of("me");
    maker.by(SshKeys.generateEd25519(), "ssh-ed25519");
    assertThat(byKey(maker.make())).isEmpty();
  }

  @Test
  void whereTheClusterAloneLetsInTheNodesOwnFilesDoNot() throws Exception {
    account.authorize(key.line(), "cert-authority " + maker.shownAuthority.line());
    assertThat(byKey(key)).isPresent();
    certifiers = certifiers(true);
    assertThat(byKey(key)).isEmpty();
    assertThat(byKey(maker.make()).orElseThrow().login().guest())
        .isInstanceOf(Certifiers.Member.class);
    maker.principals = List.of("me@web2");
    assertThat(byKey(maker.make())).isEmpty();
  }

  private Certifiers certifiers(boolean only) {
    TrustedAuthorities believed = new TrustedAuthorities(Set.of(maker.shownAuthority));
    return new Certifiers() {
      @Override
      public TrustedAuthorities authorities() {
        return believed;
      }

      @Override
      public Set<String> principals(String name) {
        return Set.of(name, name + "@web1");
      }

      @Override
      public boolean only() {
        return only;
      }
    };
  }

  private LoginRules rules() {
    return new SystemLoginRules(settings, account.machine(), certifiers);
  }

  private Optional<LoginRules.Candidate> byKey(SshPublicKey shown) throws IOException {
    return rules().byKey("me", FROM, shown);
  }

  private Permissions permissions(SshPublicKey shown) throws IOException {
    return byKey(shown).orElseThrow().login().permissions();
  }
}
