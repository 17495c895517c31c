package dev.holdfast.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of a server that logs into the accounts of its machine, as sshd does. Thread-safe. */
final class SystemLoginRules implements LoginRules {
  private static final Logger log = LoggerFactory.getLogger(SystemLoginRules.class);

  /** Where a client is that came by no network: in no network that anybody names. */
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final ServerSettings settings;
  private final Machine machine;
  private final Certifiers certifiers;
  private final AccountAccess access;
  private final KeyFiles files;

  SystemLoginRules(ServerSettings settings, Machine machine) {
    this(settings, machine, Certifiers.NONE);
  }

  SystemLoginRules(ServerSettings settings, Machine machine, Certifiers certifiers) {
    this.settings = settings;
    this.machine = machine;
    this.certifiers = certifiers;
    access = new AccountAccess(settings);
    files = new KeyFiles(settings, machine);
  }

  /** Where a client is. */
  private record Origin(InetAddress address, String host) {}

  /** What a key or certificate is believed for; the guest is a cluster's. */
  private record Belief(
      Permissions permissions,
      Credential credential,
      SshPublicKey key,
      Certifiers.@Nullable Member guest) {}

  @Override
  public Optional<Candidate> byKey(String user, SocketAddress from, SshPublicKey shown)
      throws IOException {
    Origin origin = origin(from);
    Optional<User> account = account(user, origin);
    if (account.isEmpty()) {
      return Optional.empty();
    }
    Optional<Belief> belief =
        shown.isCertificate()
            ? byCertificate(account.get(), origin, shown)
            : byPlainKey(account.get(), origin, shown).filter(_ -> !certifiers.only());
    return belief.flatMap(believed -> candidate(user, from, account.get(), believed));
  }

  @Override
  public Optional<Login> byDialogue(
      String user,
      SocketAddress from,
      Credential credential,
      @Nullable SshPublicKey proven,
      Dialogue dialogue)
      throws IOException {
    Optional<User> account = account(user, origin(from)).filter(access::allowsPassword);
    Login login = login(user, from, account, credential, Permissions.ALL, null);
    // Asked in any case: a name without account must not be told by how long it takes.
    boolean right = machine.passwords().authenticate(login, dialogue);
    return right && !certifiers.only() && account.isPresent() && machine.passwords().allows(login)
        ? Optional.of(login)
        : Optional.empty();
  }

  private Optional<User> account(String name, Origin origin) throws IOException {
    Optional<User> user = machine.users().find(name);
    Optional<String> refusal =
        user.isEmpty()
            ? Optional.of("there is no such account")
            : access.refusal(user.get(), origin.address, origin.host);
    refusal.ifPresent(why -> log.info("{} may not log in: {}.", name, why));
    return refusal.isPresent() ? Optional.empty() : user;
  }

  private Optional<Candidate> candidate(String name, SocketAddress from, User user, Belief belief) {
    Login login =
        login(name, from, Optional.of(user), belief.credential, belief.permissions, belief.guest);
    boolean forced = belief.permissions.command() != null;
    if (!access.allowsKey(user, forced)) {
      log.info("{} may not log in by key: PermitRootLogin.", user.name());
      return Optional.empty();
    }
    try {
      return machine.passwords().allows(login)
          ? Optional.of(new Candidate(login, belief.key))
          : Optional.empty();
    } catch (IOException e) {
      log.error("The account of {} could not be checked: {}.", user.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /** The settings' forced command comes before the key's. */
  private Login login(
      String name,
      SocketAddress from,
      Optional<User> account,
      Credential credential,
      Permissions permissions,
      @Nullable Object guest) {
    Permissions bounded =
        settings.get(ServerOption.FORCE_COMMAND).map(permissions::withCommand).orElse(permissions);
    return new Login(name, from, account, credential, "", bounded, guest, Terms.FREE);
  }

  private Optional<Belief> byPlainKey(User user, Origin origin, SshPublicKey key) {
    if (isRevoked(list -> list.has(key))) {
      log.info("A key that {} shows is revoked: {}.", user.name(), key.fingerprint());
      return Optional.empty();
    }
    return files.authorizedKeys(user, key).stream()
        .filter(line -> !line.options().authority() && line.key().equals(key))
        .filter(line -> allowsAndSays(line.options(), origin, user))
        .findFirst()
        .map(line -> line.options().permissions())
        .map(may -> new Belief(may, new Credential.Key(key.type(), key.fingerprint()), key, null));
  }

  private Optional<Belief> byCertificate(User user, Origin origin, SshPublicKey shown)
      throws IOException {
    try {
      UserCertificate certificate = UserCertificate.parse(shown);
      if (isRevoked(list -> list.has(certificate))) {
        throw new MalformedKeyException("it, its key or its authority is revoked");
      }
      KeyOptions options = KeyOptions.of(certificate);
      if (!allowsAndSays(options, origin, user)
          || !new CertificateCheck(settings).isGood(certificate, machine.now().get())) {
        return Optional.empty();
      }
      if (isMembers(certificate, user)) {
        Certified certified = Certified.of(certificate, options.permissions());
        return Optional.of(
            new Belief(
                options.permissions(),
                credential(certificate),
                certificate.key(),
                new Certifiers.Member(shown, certified)));
      }
      Permissions may =
          permissions(user, origin, shown, certificate, options.permissions())
              .orElseThrow(() ->
                  new MalformedKeyException("no authority that is believed made it for this name"));
      return Optional.of(new Belief(may, credential(certificate), certificate.key(), null));
    } catch (MalformedKeyException e) {
      log.info("A certificate for {} is not used: {}.", user.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /** Whether it is of the cluster's authorities, and names the account exactly. */
  private boolean isMembers(UserCertificate certificate, User user) {
    return certifiers.authorities().has(certificate.authority())
        && certificate.principals().stream().anyMatch(certifiers.principals(user.name())::contains);
  }

  private static Credential credential(UserCertificate certificate) {
    return new Credential.Certificate(
        certificate.key().type(),
        certificate.key().fingerprint(),
        certificate.id(),
        certificate.serial(),
        certificate.authority().fingerprint());
  }

  /** By an authority of the server's, else by one of the user's. */
  private Optional<Permissions> permissions(
      User user, Origin origin, SshPublicKey shown, UserCertificate certificate, Permissions own) {
    if (certifiers.only()) {
      return Optional.empty();
    }
    if (files.authorities().contains(certificate.authority())) {
      Optional<Permissions> may = byPrincipal(user, origin, certificate, own);
      if (may.isPresent()) {
        return may;
      }
    }
    return files.authorizedKeys(user, shown).stream()
        .filter(line -> line.options().authority() && line.key().equals(certificate.authority()))
        .filter(line -> allows(line.options(), origin))
        .filter(line -> namesPrincipal(line.options().principals(), user, certificate))
        .flatMap(line -> both(line.options(), own).stream())
        .findFirst();
  }

  private Optional<Permissions> byPrincipal(
      User user, Origin origin, UserCertificate certificate, Permissions own) {
    Optional<String> file = settings.get(ServerOption.AUTHORIZED_PRINCIPALS_FILE);
    if (file.isEmpty()) {
      return certificate.principals().contains(user.name()) ? Optional.of(own) : Optional.empty();
    }
    return files.principals(user, file.get()).stream()
        .filter(line -> certificate.principals().contains(line.principal()))
        .filter(line -> allows(line.options(), origin))
        .flatMap(line -> both(line.options(), own).stream())
        .findFirst();
  }

  private static boolean namesPrincipal(
      @Nullable List<String> principals, User user, UserCertificate certificate) {
    return principals == null
        ? certificate.principals().contains(user.name())
        : certificate.principals().stream().anyMatch(principals::contains);
  }

  private static Optional<Permissions> both(KeyOptions line, Permissions certificate) {
    try {
      return Optional.of(line.permissions().and(certificate));
    } catch (MalformedKeyException e) {
      log.info("A certificate is not used: {}.", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean allowsAndSays(KeyOptions options, Origin origin, User user) {
    boolean allowed = allows(options, origin);
    if (!allowed) {
      log.info(
          "A key of {} is not used: its options want another address than {}, or another time.",
          user.name(),
          origin.host);
    }
    return allowed;
  }

  private boolean allows(KeyOptions options, Origin origin) {
    return options.allows(origin.address, origin.host, machine.now().get());
  }

  private boolean isRevoked(Predicate<RevocationList> has) {
    Optional<String> file = settings.get(ServerOption.REVOKED_KEYS);
    if (file.isEmpty()) {
      return false;
    }
    try {
      return has.test(RevokedKeys.read(Path.of(file.get())));
    } catch (IOException e) {
      log.error("No key is accepted, for RevokedKeys can't be used: {}.", e.getMessage());
      return true;
    }
  }

  private Origin origin(SocketAddress from) {
    if (!(from instanceof InetSocketAddress inet) || inet.isUnresolved()) {
      return new Origin(NOWHERE, "UNKNOWN");
    }
    InetAddress address = inet.getAddress();
    String host =
        settings.get(ServerOption.USE_DNS)
            ? machine.hostName().apply(address)
            : AddressPattern.text(address);
    return new Origin(address, host);
  }
}
