package dev.holdfast.ssh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One option of a server, named and written as in sshd_config(5) where sshd has it. Each constant
 * says where we differ.
 *
 * @param <T> the type of its value
 */
public final class ServerOption<T> {
  private static final Map<String, ServerOption<?>> ALL = new LinkedHashMap<>();

  /** Why options of sshd's are refused here, by name in lower case. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "chrootdirectory",
          "ChrootDirectory is not supported: a session here sees the whole file system, as its user"
              + " may; use sshd for users who may not.",
          "match",
          "Match is not supported: settings are the same for everybody; use options before keys in"
              + " authorized_keys.",
          "ipqos",
          "IPQoS is not supported: a connection here may be carried by several sockets, one after"
              + " the other.",
          "tcpkeepalive",
          "TCPKeepAlive is not supported: ClientAliveInterval asks clients in a way that outlives"
              + " lost links; leave it out.",
          "loglevel",
          "LogLevel is not supported: say it in the section log, as level; leave it out.",
          "hostbasedauthentication",
          "HostbasedAuthentication is not supported; use keys or certificates.",
          "gssapiauthentication",
          "GSSAPIAuthentication is not supported; use keys or certificates.",
          "permittunnel",
          "PermitTunnel is not supported: there are no tunnel devices here; leave it out.",
          "permitemptypasswords",
          "PermitEmptyPasswords is not supported: PAM decides about passwords; leave it out.",
          "compression",
          "Compression is not supported: it lets a small packet cost much memory; leave it out.");

  /** How a value is read. */
  @FunctionalInterface
  interface Syntax<T> {
    T read(String value) throws BadValueException;
  }

  /** How several entries become one value. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(List<String> values) throws BadValueException;
  }

  /** Files of private keys, read by the server's own user. Default: none, the caller has keys. */
  public static final ServerOption<List<String>> HOST_KEY =
      list("HostKey", List.of(), OptionSyntax::paths);

  public static final ServerOption<List<String>> HOST_CERTIFICATE =
      list("HostCertificate", List.of(), OptionSyntax::paths);

  /** Files of keys of authorities; sshd has one file. */
  public static final ServerOption<List<String>> TRUSTED_USER_CA_KEYS =
      list("TrustedUserCAKeys", List.of(), OptionSyntax::wordsOrNone);

  /** A path with %h, %u, %U, %%. */
  public static final ServerOption<Optional<String>> AUTHORIZED_PRINCIPALS_FILE =
      one("AuthorizedPrincipalsFile", Optional.empty(), OptionSyntax::optionalText);

  /** Paths with %h, %u, %U, %%, relative to home. */
  public static final ServerOption<List<String>> AUTHORIZED_KEYS_FILE =
      list(
          "AuthorizedKeysFile",
          List.of(".ssh/authorized_keys", ".ssh/authorized_keys2"),
          OptionSyntax::wordsOrNone);

  /** A program and its arguments with %f, %h, %k, %t, %u, %U, %%; empty if none. */
  public static final ServerOption<List<String>> AUTHORIZED_KEYS_COMMAND =
      one("AuthorizedKeysCommand", List.of(), OptionSyntax::program);

  public static final ServerOption<Optional<String>> AUTHORIZED_KEYS_COMMAND_USER =
      one("AuthorizedKeysCommandUser", Optional.empty(), OptionSyntax::optionalText);

  public static final ServerOption<Boolean> STRICT_MODES =
      one("StrictModes", true, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> PUBKEY_AUTHENTICATION =
      one("PubkeyAuthentication", true, OptionSyntax::yesNo);

  /** Whether keyboard-interactive asks as PAM wants; unlike sshd's, off by default. */
  public static final ServerOption<Boolean> KBD_INTERACTIVE_AUTHENTICATION =
      one("KbdInteractiveAuthentication", false, OptionSyntax::yesNo);

  /** Whether PAM is asked about passwords; unlike sshd's, off by default. */
  public static final ServerOption<Boolean> PASSWORD_AUTHENTICATION =
      one("PasswordAuthentication", false, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> USE_PAM = one("UsePAM", false, OptionSyntax::yesNo);

  /** PAM's service, as in sshd_config(5) from OpenSSH 9.8 on. */
  public static final ServerOption<String> PAM_SERVICE_NAME =
      one("PAMServiceName", "sshd", OptionSyntax::fileName);

  public static final ServerOption<RootLogin> PERMIT_ROOT_LOGIN =
      one("PermitRootLogin", RootLogin.PROHIBIT_PASSWORD, OptionSyntax::rootLogin);

  /** Patterns: user, or user@host. */
  public static final ServerOption<List<String>> ALLOW_USERS =
      list("AllowUsers", List.of(), OptionSyntax::words);

  public static final ServerOption<List<String>> DENY_USERS =
      list("DenyUsers", List.of(), OptionSyntax::words);

  public static final ServerOption<List<String>> ALLOW_GROUPS =
      list("AllowGroups", List.of(), OptionSyntax::words);

  public static final ServerOption<List<String>> DENY_GROUPS =
      list("DenyGroups", List.of(), OptionSyntax::words);

  /** A file of public keys, one a line, or a list of ssh-keygen -k. */
  public static final ServerOption<Optional<String>> REVOKED_KEYS =
      one("RevokedKeys", Optional.empty(), OptionSyntax::optionalPath);

  public static final ServerOption<AlgorithmNames> PUBKEY_ACCEPTED_ALGORITHMS =
      algorithms("PubkeyAcceptedAlgorithms", AlgorithmNames.Kind.PUBLIC_KEY);

  public static final ServerOption<AlgorithmNames> CA_SIGNATURE_ALGORITHMS =
      algorithms("CASignatureAlgorithms", AlgorithmNames.Kind.AUTHORITY);

  public static final ServerOption<AlgorithmNames> HOST_KEY_ALGORITHMS =
      algorithms("HostKeyAlgorithms", AlgorithmNames.Kind.HOST_KEY);

  public static final ServerOption<AlgorithmNames> CIPHERS =
      algorithms("Ciphers", AlgorithmNames.Kind.CIPHER);

  public static final ServerOption<AlgorithmNames> MACS =
      algorithms("MACs", AlgorithmNames.Kind.MAC);

  public static final ServerOption<AlgorithmNames> KEX_ALGORITHMS =
      algorithms("KexAlgorithms", AlgorithmNames.Kind.KEY_EXCHANGE);

  /** Zero: as long as it takes. */
  public static final ServerOption<Duration> LOGIN_GRACE_TIME =
      one("LoginGraceTime", Duration.ofMinutes(2), OptionSyntax::time);

  public static final ServerOption<Integer> MAX_AUTH_TRIES =
      one("MaxAuthTries", 6, value -> OptionSyntax.number(value, 1, 1_000));

  public static final ServerOption<StartupLimit> MAX_STARTUPS =
      one("MaxStartups", new StartupLimit(10, 30, 100), StartupLimit::parse);

  /** Connections from one network that have not logged in; 0 for any number. */
  public static final ServerOption<Integer> PER_SOURCE_MAX_STARTUPS =
      one("PerSourceMaxStartups", 0, value -> OptionSyntax.numberOrNone(value, 1, 100_000));

  /** Leading bits that make a network, of IPv4 and IPv6. */
  public static final ServerOption<SourceBlock> PER_SOURCE_NET_BLOCK_SIZE =
      one("PerSourceNetBlockSize", new SourceBlock(32, 128), SourceBlock::parse);

  public static final ServerOption<PenaltyRules> PER_SOURCE_PENALTIES =
      one("PerSourcePenalties", PenaltyRules.DEFAULT, PenaltyRules::parse);

  /** Networks between commas. */
  public static final ServerOption<Optional<String>> PER_SOURCE_PENALTY_EXEMPT_LIST =
      one("PerSourcePenaltyExemptList", Optional.empty(), OptionSyntax::networks);

  /** Session channels in one connection. 0: none, but forwards. */
  public static final ServerOption<Integer> MAX_SESSIONS =
      one("MaxSessions", 10, value -> OptionSyntax.number(value, 0, 1_000));

  /** Unlike sshd's, on by default: routers forget connections that are silent. */
  public static final ServerOption<Duration> CLIENT_ALIVE_INTERVAL =
      one("ClientAliveInterval", Duration.ofMinutes(1), OptionSyntax::time);

  /** Zero: never give up. */
  public static final ServerOption<Integer> CLIENT_ALIVE_COUNT_MAX =
      one("ClientAliveCountMax", 3, value -> OptionSyntax.number(value, 0, 1_000_000));

  public static final ServerOption<RekeyLimit> REKEY_LIMIT =
      one("RekeyLimit", RekeyLimit.DEFAULT, RekeyLimit::parse);

  /** A file that is shown before anybody logs in. */
  public static final ServerOption<Optional<String>> BANNER =
      one("Banner", Optional.empty(), OptionSyntax::optionalPath);

  /** Patterns for names of variables that a client may set. */
  public static final ServerOption<List<String>> ACCEPT_ENV =
      list("AcceptEnv", List.of(), OptionSyntax::words);

  /** Patterns for names of variables that a line of authorized_keys may set; empty if none. */
  public static final ServerOption<List<String>> PERMIT_USER_ENVIRONMENT =
      one("PermitUserEnvironment", List.of(), OptionSyntax::userEnvironment);

  public static final ServerOption<Forwarding> ALLOW_TCP_FORWARDING =
      one("AllowTcpForwarding", Forwarding.YES, OptionSyntax::forwarding);

  public static final ServerOption<Forwarding> ALLOW_STREAM_LOCAL_FORWARDING =
      one("AllowStreamLocalForwarding", Forwarding.YES, OptionSyntax::forwarding);

  /** Permissions that a forwarded socket does not get. */
  public static final ServerOption<Integer> STREAM_LOCAL_BIND_MASK =
      one("StreamLocalBindMask", 0177, OptionSyntax::octal);

  public static final ServerOption<Boolean> STREAM_LOCAL_BIND_UNLINK =
      one("StreamLocalBindUnlink", false, OptionSyntax::yesNo);

  public static final ServerOption<GatewayPorts> GATEWAY_PORTS =
      one("GatewayPorts", GatewayPorts.NO, OptionSyntax::gatewayPorts);

  /** Hosts and ports that may be opened; empty if none. */
  public static final ServerOption<List<PermittedPort>> PERMIT_OPEN =
      one("PermitOpen", List.of(PermittedPort.ANY), value -> OptionSyntax.ports(value, false));

  /** Addresses and ports that may be listened on; empty if none. */
  public static final ServerOption<List<PermittedPort>> PERMIT_LISTEN =
      one("PermitListen", List.of(PermittedPort.ANY), value -> OptionSyntax.ports(value, true));

  public static final ServerOption<Boolean> ALLOW_AGENT_FORWARDING =
      one("AllowAgentForwarding", true, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> X11_FORWARDING =
      one("X11Forwarding", false, OptionSyntax::yesNo);

  public static final ServerOption<Integer> X11_DISPLAY_OFFSET =
      one("X11DisplayOffset", 10, value -> OptionSyntax.number(value, 0, 50_000));

  public static final ServerOption<Boolean> X11_USE_LOCALHOST =
      one("X11UseLocalhost", true, OptionSyntax::yesNo);

  public static final ServerOption<String> X_AUTH_LOCATION =
      one("XAuthLocation", "/usr/bin/xauth", OptionSyntax::path);

  public static final ServerOption<Boolean> PERMIT_TTY =
      one("PermitTTY", true, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> PRINT_MOTD =
      one("PrintMotd", true, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> PRINT_LAST_LOG =
      one("PrintLastLog", true, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> PERMIT_USER_RC =
      one("PermitUserRC", true, OptionSyntax::yesNo);

  public static final ServerOption<Optional<String>> FORCE_COMMAND =
      one("ForceCommand", Optional.empty(), OptionSyntax::optionalText);

  public static final ServerOption<Boolean> DISABLE_FORWARDING =
      one("DisableForwarding", false, OptionSyntax::yesNo);

  public static final ServerOption<Boolean> USE_DNS = one("UseDNS", false, OptionSyntax::yesNo);

  private final String name;
  private final T standard;
  private final boolean list;
  private final Reader<T> reader;

  private ServerOption(String name, T standard, boolean list, Reader<T> reader) {
    this.name = name;
    this.standard = standard;
    this.list = list;
    this.reader = reader;
  }

  /** As in sshd_config(5). */
  public String name() {
    return name;
  }

  /** What counts where nothing is set. */
  public T standard() {
    return standard;
  }

  /** Whether it may be set several times, each time with one or more values. */
  public boolean isList() {
    return list;
  }

  /** Every option, in the order of this page. */
  public static List<ServerOption<?>> all() {
    return List.copyOf(ALL.values());
  }

  static ServerOption<?> named(ServerSettings.Entry entry) throws SettingsException {
    String key = entry.name().toLowerCase(Locale.ROOT);
    String reason = REFUSED.get(key);
    if (reason != null) {
      throw new SettingsException(entry, reason);
    }
    ServerOption<?> option = ALL.get(key);
    if (option == null) {
      throw new SettingsException(
          entry, "There is no option " + printable(entry.name()) + "; check its name.");
    }
    return option;
  }

  T read(List<ServerSettings.Entry> entries) throws SettingsException {
    try {
      return reader.read(entries.stream().map(ServerSettings.Entry::value).toList());
    } catch (BadValueException e) {
      throw new SettingsException(entries.getFirst(), name + " " + e.getMessage() + ".");
    }
  }

  /** Values are only put in by {@link ServerSettings}, under the option that has their type. */
  @SuppressWarnings("unchecked")
  T valueIn(Map<ServerOption<?>, Object> values) {
    return (T) values.getOrDefault(this, standard);
  }

  @Override
  public String toString() {
    return name;
  }

  private static String printable(String name) {
    return name.matches("[!-~]{1,64}") ? "\"" + name + "\"" : "of that name";
  }

  private static <T> ServerOption<T> one(String name, T standard, Syntax<T> syntax) {
    return add(new ServerOption<>(name, standard, false, values -> syntax.read(values.getFirst())));
  }

  private static <T> ServerOption<List<T>> list(
      String name, List<T> standard, Syntax<List<T>> syntax) {
    return add(
        new ServerOption<>(
            name,
            standard,
            true,
            values -> {
              List<T> all = new ArrayList<>();
              for (String value : values) {
                all.addAll(syntax.read(value));
              }
              return List.copyOf(all);
            }));
  }

  private static ServerOption<AlgorithmNames> algorithms(String name, AlgorithmNames.Kind kind) {
    return one(name, kind.standard(), kind::read);
  }

  private static <T> ServerOption<T> add(ServerOption<T> option) {
    ALL.put(option.name.toLowerCase(Locale.ROOT), option);
    return option;
  }
}
