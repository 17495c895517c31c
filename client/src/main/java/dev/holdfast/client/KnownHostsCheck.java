package dev.holdfast.client;

import dev.holdfast.ssh.AlgorithmNames;
import dev.holdfast.ssh.HostCertificate;
import dev.holdfast.ssh.HostKeyCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides about a host's key by the files of known hosts, with the questions and warnings of ssh
 * (sshconnect.c, {@code check_host_key}). For one connection; thread-safe.
 */
public final class KnownHostsCheck implements HostKeyCheck {
  /** Answers that are neither yes nor no before the key counts as refused. */
  static final int MOST_ANSWERS = 20;

  /** Other names of a key that are shown. */
  static final int MOST_OTHER_NAMES = 8;

  private static final String RULE = "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";
  private static final String KNOWN_HOSTS_COMMAND = "KnownHostsCommand-HOSTNAME";
  private static final String NOT_IN_NAMES = "@?*#[]|'\"\\";

  private final ClientConfig config;
  private final String address;
  private final HostKeyAsker person;
  private final String name;
  private final List<Path> userFiles;
  private final List<Path> systemFiles;
  private boolean unsafe;

  /**
   * A check.
   *
   * @param address that was connected to, for the person to read
   */
  public KnownHostsCheck(ClientConfig config, String address, HostKeyAsker person)
      throws ConfigFailure {
    this.config = config;
    this.person = person;
    boolean isProxied =
        config.find(ClientOptions.PROXY_COMMAND).isPresent()
            || !config.find(ClientOptions.PROXY_JUMP).orElse(List.of()).isEmpty();
    this.address =
        isProxied ? "<no hostip for proxy command>" : KnownHost.name(address, config.port());
    this.name =
        config
            .find(ClientOptions.HOST_KEY_ALIAS)
            .orElseGet(() -> KnownHost.name(config.hostname(), config.port()));
    this.userFiles = paths(config, ClientOptions.USER_KNOWN_HOSTS_FILE);
    this.systemFiles = paths(config, ClientOptions.GLOBAL_KNOWN_HOSTS_FILE);
  }

  private static List<Path> paths(ClientConfig config, ClientOption<List<String>> option)
      throws ConfigFailure {
    List<Path> paths = new ArrayList<>();
    for (String text : config.get(option)) {
      try {
        paths.add(Path.of(config.surroundings().expandHome(text)));
      } catch (BadValue e) {
        throw ConfigFailure.of(e);
      }
    }
    return List.copyOf(paths);
  }

  /**
   * Whether the connection goes on although the key is wrong: then nothing may go over it that
   * whoever is at the other end could misuse.
   */
  public synchronized boolean isUnsafe() {
    return unsafe;
  }

  /**
   * As HostKeyAlgorithms says; else those first of which the host has known keys. What can't be
   * read is told when the key is checked.
   */
  @Override
  public List<String> ordered(List<String> algorithms) {
    if (config.isGiven(ClientOptions.HOST_KEY_ALGORITHMS)) {
      return config.get(ClientOptions.HOST_KEY_ALGORITHMS).among(algorithms, algorithms);
    }
    try {
      return known(name).ordered(algorithms);
    } catch (IOException e) {
      return algorithms;
    }
  }

  @Override
  public synchronized boolean accepts(PublicKey key) {
    try {
      Optional<HostCertificate> shown = HostCertificate.of(key);
      if (shown.isPresent()) {
        HostCertificate certificate = shown.get();
        KeyBytes inside = KeyBytes.of(certificate.key());
        KeyBytes authority = KeyBytes.of(certificate.authority());
        return !isRevokedByFile(inside)
            && !isRevokedByFile(authority)
            && (acceptsCertificate(certificate) || acceptsKey(inside));
      }
      KeyBytes plain = KeyBytes.of(key);
      return !isRevokedByFile(plain) && acceptsKey(plain);
    } catch (IOException e) {
      person.tell("The host's key can't be checked: " + e.getMessage());
      return false;
    }
  }

  @Override
  public Optional<String> certifiedName() {
    return Optional.of(config.hostKeyName());
  }

  @Override
  public void announced(List<PublicKey> keys, Prover prover) {
    if (!isUnsafe() && !userFiles.isEmpty()) {
      new HostKeyUpdate(config, person, name, userFiles.getFirst()).announced(keys, prover);
    }
  }

  private boolean isRevokedByFile(KeyBytes key) throws IOException {
    for (String file : config.get(ClientOptions.REVOKED_HOST_KEYS)) {
      if (RevokedHostKeys.read(Path.of(file)).contains(key)) {
        person.tell(
            "Host key %s %s revoked by file %s".formatted(key.shownType(), fingerprint(key), file));
        return true;
      }
    }
    return false;
  }

  /** What files, and the command if there is one, say of a host. */
  private KnownHosts known(String host, KeyBytes key) throws IOException {
    Optional<String> command = config.find(ClientOptions.KNOWN_HOSTS_COMMAND);
    if (command.isEmpty()) {
      return known(host);
    }
    String lines = KnownHostsCommand.run(command.get(), config.tokens(), host, key);
    return known(host).plus(lines, KNOWN_HOSTS_COMMAND, host);
  }

  private KnownHosts known(String host) throws IOException {
    List<Path> files = new ArrayList<>(userFiles);
    files.addAll(systemFiles);
    return KnownHosts.read(files, host);
  }

  /** Without an authority for it, a certificate is no more than its key. */
  private boolean acceptsCertificate(HostCertificate certificate) throws IOException {
    KeyBytes authority = KeyBytes.of(certificate.authority());
    KeyBytes key = KeyBytes.of(certificate.key());
    for (String known : namesToTry()) {
      switch (known(known, key).ofAuthority(authority, key)) {
        case KnownHosts.Verdict.Known _ -> {
          Optional<String> fault = faultOf(certificate);
          fault.ifPresent(person::tell);
          return fault.isEmpty();
        }
        case KnownHosts.Verdict.Revoked _ -> {
          return revoked(key);
        }
        case KnownHosts.Verdict.New _, KnownHosts.Verdict.Changed _ -> {}
      }
    }
    return false;
  }

  private Optional<String> faultOf(HostCertificate certificate) {
    List<String> all = AlgorithmNames.Kind.AUTHORITY.known();
    List<String> algorithms = config.get(ClientOptions.CA_SIGNATURE_ALGORITHMS).among(all, all);
    return HostCertificateRules.fault(certificate, config.hostKeyName(), algorithms, Instant.now());
  }

  /** A host at another port may be known as the one at the usual port. */
  private List<String> namesToTry() {
    String plain = config.hostname();
    return name.equals(plain) || config.find(ClientOptions.HOST_KEY_ALIAS).isPresent()
        ? List.of(name)
        : List.of(name, plain);
  }

  private boolean acceptsKey(KeyBytes key) throws IOException {
    KnownHosts known = known(name, key);
    return switch (known.of(key)) {
      case KnownHosts.Verdict.Known _ -> true;
      case KnownHosts.Verdict.New _ -> isKnownWithoutPort(key) || acceptsNew(key, known);
      case KnownHosts.Verdict.Changed changed -> changed(key, changed.from());
      case KnownHosts.Verdict.Revoked _ -> revoked(key);
    };
  }

  private boolean isKnownWithoutPort(KeyBytes key) throws IOException {
    return namesToTry().size() > 1
        && known(namesToTry().getLast()).of(key) instanceof KnownHosts.Verdict.Known;
  }

  private boolean acceptsNew(KeyBytes key, KnownHosts known) throws IOException {
    boolean accepted =
        switch (config.get(ClientOptions.STRICT_HOST_KEY_CHECKING)) {
          case YES -> {
            person.tell(
                "No %s host key is known for %s and you have requested strict checking."
                    .formatted(key.shownType(), name));
            yield false;
          }
          case ASK -> confirmed(key, known);
          case ACCEPT_NEW, OFF -> true;
        };
    if (accepted) {
      add(key);
    }
    return accepted;
  }

  private boolean confirmed(KeyBytes key, KnownHosts known) throws IOException {
    List<KnownHost> others = known.ofOtherTypes(key);
    others.forEach(other ->
        person.tell(
            "WARNING: %1$s key found for host %2$s\nin %3$s\n%1$s key fingerprint %4$s."
                .formatted(
                    other.key().shownType(), name, other.place(), fingerprint(other.key()))));
    if (config.get(ClientOptions.BATCH_MODE)) {
      return false;
    }
    String question =
        """
        The authenticity of host '%s (%s)' can't be established%s
        %s key fingerprint is %s.
        %s
        Are you sure you want to continue connecting (yes/no/[fingerprint])? \
        """
            .formatted(
                name,
                address,
                others.isEmpty()
                    ? "."
                    : "\nbut keys of different type are already known for this host.",
                key.shownType(),
                fingerprint(key),
                otherNames(key));
    return isYes(question, fingerprint(key));
  }

  private String otherNames(KeyBytes key) throws IOException {
    List<Path> files = new ArrayList<>(userFiles);
    files.addAll(systemFiles);
    List<String> names = KnownHosts.otherNames(files, name, key);
    if (names.isEmpty()) {
      return "This key is not known by any other names.";
    }
    StringBuilder text =
        new StringBuilder("This host key is known by the following other names/addresses:");
    names.stream().limit(MOST_OTHER_NAMES).forEach(n -> text.append("\n    ").append(n));
    if (names.size() > MOST_OTHER_NAMES) {
      text.append("\n    (%d additional names omitted)".formatted(names.size() - MOST_OTHER_NAMES));
    }
    return text.toString();
  }

  private boolean isYes(String question, String fingerprint) {
    String prompt = question;
    for (int i = 0; i < MOST_ANSWERS; i++) {
      String line = person.ask(prompt);
      String answer = line == null ? "" : line.strip().split("[ \t]", 2)[0];
      if (answer.isEmpty() || answer.equalsIgnoreCase("no")) {
        return false;
      }
      if (answer.equalsIgnoreCase("yes") || answer.equals(fingerprint)) {
        return true;
      }
      prompt = "Please type 'yes', 'no' or the fingerprint: ";
    }
    return false;
  }

  private void add(KeyBytes key) {
    boolean isNoName = config.hostname().chars().anyMatch(c -> NOT_IN_NAMES.indexOf(c) >= 0);
    if (userFiles.isEmpty() || isNoName) {
      return;
    }
    try {
      boolean hashed = config.get(ClientOptions.HASH_KNOWN_HOSTS);
      KnownHosts.append(userFiles.getFirst(), KnownHosts.line(name, key, hashed));
      if (config.get(ClientOptions.LOG_LEVEL).compareTo(ClientOptions.LogLevel.INFO) >= 0) {
        person.tell(
            "Warning: Permanently added '%s' (%s) to the list of known hosts."
                .formatted(name, key.shownType()));
      }
    } catch (IOException e) {
      person.tell(
          "Failed to add the host to the list of known hosts (%s)."
              .formatted(userFiles.getFirst()));
    }
  }

  private boolean revoked(KeyBytes key) {
    person.tell(
        """
        %1$s
        @       WARNING: REVOKED HOST KEY DETECTED!               @
        %1$s
        The %2$s host key for %3$s is marked as revoked.
        This could mean that a stolen key is being used to
        impersonate this host.\
        """
            .formatted(RULE, key.shownType(), name));
    return goesOnUnsafely(
        "%s host key for %s was revoked and you have requested strict checking."
            .formatted(key.shownType(), name));
  }

  private boolean changed(KeyBytes key, KnownHost from) {
    List<Path> files = userFiles.isEmpty() ? systemFiles : userFiles;
    person.tell(
        """
        %1$s
        @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
        %1$s
        IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
        Someone could be eavesdropping on you right now (man-in-the-middle attack)!
        It is also possible that a host key has just been changed.
        The fingerprint for the %2$s key sent by the remote host is
        %3$s.
        Please contact your system administrator.
        Add correct host key in %4$s to get rid of this message.
        Offending %5$s key in %6$s\
        """
            .formatted(
                RULE,
                key.shownType(),
                fingerprint(key),
                files.getFirst(),
                from.key().shownType(),
                from.place()));
    return goesOnUnsafely(
        "Host key for %s has changed and you have requested strict checking.".formatted(name));
  }

  /** Only StrictHostKeyChecking no goes on, and with everything disabled that could be misused. */
  private boolean goesOnUnsafely(String refusal) {
    if (config.get(ClientOptions.STRICT_HOST_KEY_CHECKING) != ClientOptions.StrictChecking.OFF) {
      person.tell(refusal);
      return false;
    }
    unsafe = true;
    boolean cancelsForwards = false;
    for (String what : disabled()) {
      person.tell(what + " is disabled to avoid man-in-the-middle attacks.");
      cancelsForwards = true;
    }
    if (config.get(ClientOptions.UPDATE_HOST_KEYS) != ClientOptions.YesNoAsk.NO) {
      person.tell("UpdateHostkeys is disabled because the host key is not trusted.");
    }
    if (cancelsForwards && config.get(ClientOptions.EXIT_ON_FORWARD_FAILURE)) {
      person.tell("Error: forwarding disabled due to host key check failure");
      return false;
    }
    return true;
  }

  private List<String> disabled() {
    List<String> disabled = new ArrayList<>();
    if (config.get(ClientOptions.PASSWORD_AUTHENTICATION)) {
      disabled.add("Password authentication");
    }
    if (config.get(ClientOptions.KBD_INTERACTIVE_AUTHENTICATION)) {
      disabled.add("Keyboard-interactive authentication");
    }
    if (config.get(ClientOptions.FORWARD_AGENT).forward()) {
      disabled.add("Agent forwarding");
    }
    if (config.get(ClientOptions.FORWARD_X11)) {
      disabled.add("X11 forwarding");
    }
    boolean forwards =
        !config.get(ClientOptions.LOCAL_FORWARD).isEmpty()
            || !config.get(ClientOptions.DYNAMIC_FORWARD).isEmpty()
            || !config.get(ClientOptions.REMOTE_FORWARD).isEmpty();
    if (forwards) {
      disabled.add("Port forwarding");
    }
    return disabled;
  }

  private String fingerprint(KeyBytes key) {
    return key.fingerprint(config.get(ClientOptions.FINGERPRINT_HASH));
  }
}
