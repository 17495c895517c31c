package dev.holdfast.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The options of ssh_config(5) as of OpenSSH 10, and those of Holdfast. */
public final class ClientOptions {
  private static final Map<String, ClientOption<?>> TABLE = new LinkedHashMap<>();

  /** Elements of a list that many lines may add to. */
  static final int MOST_ELEMENTS = 1024;

  /** Identities and certificates, as in OpenSSH. */
  static final int MOST_IDENTITIES = 100;

  private static final int MOST_HOSTS_FILES = 32;
  private static final Set<String> NONE = Set.of("none");

  /** No bound on a time. */
  public static final Duration FOREVER = Duration.ofSeconds(-1);

  /** Who may be asked: {@code yes}, {@code no}, or by a question. */
  public enum YesNoAsk {
    YES,
    NO,
    ASK
  }

  /** What to do with a host key that is not known (ssh_config(5), StrictHostKeyChecking). */
  public enum StrictChecking {
    /** Refuse new and changed keys. */
    YES,
    /** Ask about new keys, refuse changed ones. */
    ASK,
    /** Take new keys, refuse changed ones. */
    ACCEPT_NEW,
    /** Take new keys, go on with changed ones, with much disabled. */
    OFF
  }

  /** Whether to ask for a terminal at the server's side. */
  public enum RequestTty {
    NO,
    AUTO,
    YES,
    FORCE
  }

  /** What runs in the session. */
  public enum SessionType {
    DEFAULT,
    SUBSYSTEM,
    NONE
  }

  /** Which addresses to connect to. */
  public enum AddressFamily {
    ANY,
    INET,
    INET6
  }

  /** Whether to make a host's name a full one before connecting. */
  public enum Canonicalize {
    NO,
    YES,
    ALWAYS
  }

  /** How much is said: from nothing to everything. */
  public enum LogLevel {
    QUIET,
    FATAL,
    ERROR,
    INFO,
    VERBOSE,
    DEBUG1,
    DEBUG2,
    DEBUG3
  }

  /** Whether to add a key that was read to the agent, and for how long; zero is for ever. */
  public record AddKeys(boolean add, boolean ask, boolean confirm, Duration lifetime) {}

  /** Whether to forward the agent, and which socket in place of the usual one. */
  public record ForwardAgent(boolean forward, Optional<String> socket) {}

  /** After how many bytes and how long to make new keys; zero is the default, and never. */
  public record RekeyLimit(long bytes, Optional<Duration> interval) {}

  /** Whether a master connection stays, and how long; unused here, where it is only read. */
  public record ControlPersist(boolean stay, Duration time) {}

  /** What is re-established in a session on a server without resumption. */
  public enum SessionKeeper {
    AUTO,
    SCREEN,
    TMUX,
    DTACH,
    NONE
  }

  /** When typed characters are shown before the server has echoed them. */
  public enum Predict {
    ADAPTIVE,
    ALWAYS,
    NEVER
  }

  /** Which resumption to use with the server; as in {@code connect}. */
  public enum Resume {
    AUTO,
    V2,
    V1,
    OFF
  }

  // Whom to connect to, and how.
  public static final ClientOption<String> HOSTNAME = option("hostname", Syntax.text());
  public static final ClientOption<String> USER = option("user", Syntax.text());
  public static final ClientOption<Integer> PORT =
      option("port", Syntax.word(word -> Ports.parse(word, 1), Object::toString));
  public static final ClientOption<String> TAG = option("tag", Syntax.text());
  public static final ClientOption<AddressFamily> ADDRESS_FAMILY =
      option("addressfamily", OptionChoices.ADDRESS_FAMILY, AddressFamily.ANY);
  public static final ClientOption<String> BIND_ADDRESS = option("bindaddress", Syntax.text());
  public static final ClientOption<String> BIND_INTERFACE = option("bindinterface", Syntax.text());
  public static final ClientOption<Integer> CONNECTION_ATTEMPTS =
      option("connectionattempts", Syntax.number(), 1);
  public static final ClientOption<Duration> CONNECT_TIMEOUT =
      option("connecttimeout", Syntax.timeOrNone(FOREVER), FOREVER);
  public static final ClientOption<Boolean> TCP_KEEP_ALIVE = flag("tcpkeepalive", true);
  public static final ClientOption<String> PROXY_COMMAND = option("proxycommand", Syntax.command());
  public static final ClientOption<List<JumpHost>> PROXY_JUMP =
      option("proxyjump", new Syntax<>(words -> JumpHost.list(words.whole()), OptionValues::jumps));
  public static final ClientOption<Boolean> PROXY_USE_FDPASS = flag("proxyusefdpass", false);
  public static final ClientOption<Canonicalize> CANONICALIZE_HOSTNAME =
      option("canonicalizehostname", OptionChoices.CANONICALIZE_HOSTNAME, Canonicalize.NO);
  public static final ClientOption<List<String>> CANONICAL_DOMAINS =
      option("canonicaldomains", Syntax.words(NONE, MOST_ELEMENTS), List.of());
  public static final ClientOption<Integer> CANONICALIZE_MAX_DOTS =
      option("canonicalizemaxdots", Syntax.number(), 1);
  public static final ClientOption<Boolean> CANONICALIZE_FALLBACK_LOCAL =
      flag("canonicalizefallbacklocal", true);
  public static final ClientOption<List<String>> CANONICALIZE_PERMITTED_CNAMES =
      option("canonicalizepermittedcnames", Syntax.words(NONE, MOST_ELEMENTS), List.of());
  public static final ClientOption<Duration> SERVER_ALIVE_INTERVAL =
      option("serveraliveinterval", Syntax.timeOrNone(FOREVER), Duration.ZERO);
  public static final ClientOption<Integer> SERVER_ALIVE_COUNT_MAX =
      option("serveralivecountmax", Syntax.number(), 3);
  public static final ClientOption<String> IP_QOS =
      option("ipqos", new Syntax<>(words -> String.join(" ", words.all()), qos -> qos));

  // What SSH is made of.
  public static final ClientOption<AlgorithmList> CIPHERS =
      algorithms("ciphers", AlgorithmKind.CIPHER);
  public static final ClientOption<AlgorithmList> MACS = algorithms("macs", AlgorithmKind.MAC);
  public static final ClientOption<AlgorithmList> KEX_ALGORITHMS =
      algorithms("kexalgorithms", AlgorithmKind.KEY_EXCHANGE);
  public static final ClientOption<AlgorithmList> HOST_KEY_ALGORITHMS =
      algorithms("hostkeyalgorithms", AlgorithmKind.KEY);
  public static final ClientOption<AlgorithmList> CA_SIGNATURE_ALGORITHMS =
      algorithms("casignaturealgorithms", AlgorithmKind.KEY);
  public static final ClientOption<AlgorithmList> PUBKEY_ACCEPTED_ALGORITHMS =
      algorithms("pubkeyacceptedalgorithms", AlgorithmKind.KEY);
  public static final ClientOption<AlgorithmList> HOSTBASED_ACCEPTED_ALGORITHMS =
      algorithms("hostbasedacceptedalgorithms", AlgorithmKind.KEY);
  public static final ClientOption<Boolean> COMPRESSION =
      option("compression", Syntax.choice("no", false, "yes", true), false);
  public static final ClientOption<RekeyLimit> REKEY_LIMIT =
      joining(
          "rekeylimit",
          new Syntax<>(OptionValues::rekey, OptionValues::printRekey),
          new RekeyLimit(0, Optional.empty()),
          (first, later) ->
              first.interval.isPresent() ? first : new RekeyLimit(first.bytes, later.interval));
  public static final ClientOption<Integer> REQUIRED_RSA_SIZE =
      option("requiredrsasize", Syntax.number(), 1024);
  public static final ClientOption<String> VERSION_ADDENDUM =
      option("versionaddendum", Syntax.command());

  // Whom to believe.
  public static final ClientOption<StrictChecking> STRICT_HOST_KEY_CHECKING =
      option("stricthostkeychecking", OptionChoices.STRICT_HOST_KEY_CHECKING, StrictChecking.ASK);
  public static final ClientOption<Boolean> CHECK_HOST_IP = flag("checkhostip", false);
  public static final ClientOption<String> HOST_KEY_ALIAS = option("hostkeyalias", Syntax.text());
  public static final ClientOption<List<String>> USER_KNOWN_HOSTS_FILE =
      option(
          "userknownhostsfile",
          Syntax.words(NONE, MOST_HOSTS_FILES),
          List.of("~/.ssh/known_hosts", "~/.ssh/known_hosts2"));
  public static final ClientOption<List<String>> GLOBAL_KNOWN_HOSTS_FILE =
      option(
          "globalknownhostsfile",
          Syntax.words(NONE, MOST_HOSTS_FILES),
          List.of("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"));
  public static final ClientOption<String> KNOWN_HOSTS_COMMAND =
      option("knownhostscommand", Syntax.command());
  public static final ClientOption<Boolean> HASH_KNOWN_HOSTS = flag("hashknownhosts", false);
  public static final ClientOption<YesNoAsk> UPDATE_HOST_KEYS =
      option("updatehostkeys", OptionChoices.YES_NO_ASK);
  public static final ClientOption<List<String>> REVOKED_HOST_KEYS =
      option("revokedhostkeys", Syntax.words(NONE, MOST_ELEMENTS), List.of());
  public static final ClientOption<YesNoAsk> VERIFY_HOST_KEY_DNS =
      option("verifyhostkeydns", OptionChoices.YES_NO_ASK, YesNoAsk.NO);
  public static final ClientOption<Boolean> VISUAL_HOST_KEY = flag("visualhostkey", false);
  public static final ClientOption<Boolean> NO_HOST_AUTHENTICATION_FOR_LOCALHOST =
      flag("nohostauthenticationforlocalhost", false);
  public static final ClientOption<String> FINGERPRINT_HASH =
      option("fingerprinthash", Syntax.choice("SHA256", "SHA256", "MD5", "MD5"), "SHA256");

  // How to prove who one is.
  public static final ClientOption<String> PREFERRED_AUTHENTICATIONS =
      option("preferredauthentications", Syntax.text());
  public static final ClientOption<Boolean> PUBKEY_AUTHENTICATION =
      option("pubkeyauthentication", OptionChoices.PUBKEY_AUTHENTICATION, true);
  public static final ClientOption<Boolean> PASSWORD_AUTHENTICATION =
      flag("passwordauthentication", true);
  public static final ClientOption<Boolean> KBD_INTERACTIVE_AUTHENTICATION =
      flag("kbdinteractiveauthentication", true);
  public static final ClientOption<String> KBD_INTERACTIVE_DEVICES =
      option("kbdinteractivedevices", Syntax.text());
  public static final ClientOption<Boolean> HOSTBASED_AUTHENTICATION =
      flag("hostbasedauthentication", false);
  public static final ClientOption<Integer> NUMBER_OF_PASSWORD_PROMPTS =
      option("numberofpasswordprompts", Syntax.number(), 3);
  public static final ClientOption<Boolean> BATCH_MODE = flag("batchmode", false);
  public static final ClientOption<List<String>> IDENTITY_FILE =
      joining(
          "identityfile",
          Syntax.element(),
          List.of(
              "~/.ssh/id_rsa",
              "~/.ssh/id_ecdsa",
              "~/.ssh/id_ecdsa_sk",
              "~/.ssh/id_ed25519",
              "~/.ssh/id_ed25519_sk"),
          OptionValues::appended);
  public static final ClientOption<List<String>> CERTIFICATE_FILE =
      joining("certificatefile", Syntax.element(), List.of(), OptionValues::appended);
  public static final ClientOption<Boolean> IDENTITIES_ONLY = flag("identitiesonly", false);
  public static final ClientOption<String> IDENTITY_AGENT = option("identityagent", Syntax.text());
  public static final ClientOption<AddKeys> ADD_KEYS_TO_AGENT =
      option(
          "addkeystoagent",
          new Syntax<>(OptionValues::addKeys, OptionValues::printAddKeys),
          new AddKeys(false, false, false, Duration.ZERO));
  public static final ClientOption<String> PKCS11_PROVIDER =
      option("pkcs11provider", Syntax.text());
  public static final ClientOption<String> SECURITY_KEY_PROVIDER =
      option("securitykeyprovider", Syntax.text());
  public static final ClientOption<Boolean> ENABLE_SSH_KEYSIGN = flag("enablesshkeysign", false);

  // What runs, and how it is shown.
  public static final ClientOption<String> REMOTE_COMMAND =
      option("remotecommand", Syntax.command());
  public static final ClientOption<RequestTty> REQUEST_TTY =
      option("requesttty", OptionChoices.REQUEST_TTY, RequestTty.AUTO);
  public static final ClientOption<SessionType> SESSION_TYPE =
      option("sessiontype", OptionChoices.SESSION_TYPE, SessionType.DEFAULT);
  public static final ClientOption<Boolean> STDIN_NULL = flag("stdinnull", false);
  public static final ClientOption<Boolean> FORK_AFTER_AUTHENTICATION =
      flag("forkafterauthentication", false);
  public static final ClientOption<List<String>> SEND_ENV =
      joining(
          "sendenv",
          new Syntax<>(OptionValues::sendEnv, names -> String.join(" ", names)),
          List.of(),
          OptionValues::sent);
  public static final ClientOption<List<String>> SET_ENV =
      option(
          "setenv", new Syntax<>(OptionValues::setEnv, list -> String.join("\n", list)), List.of());
  public static final ClientOption<String> LOCAL_COMMAND = option("localcommand", Syntax.command());
  public static final ClientOption<Boolean> PERMIT_LOCAL_COMMAND =
      flag("permitlocalcommand", false);

  /** A character's code; -1 for none. */
  public static final ClientOption<Integer> ESCAPE_CHAR =
      option("escapechar", Syntax.word(OptionValues::escape, OptionValues::printEscape), (int) '~');

  public static final ClientOption<Boolean> ENABLE_ESCAPE_COMMANDLINE =
      flag("enableescapecommandline", false);
  public static final ClientOption<LogLevel> LOG_LEVEL =
      option("loglevel", OptionChoices.LOG_LEVEL, LogLevel.INFO);
  public static final ClientOption<List<String>> LOG_VERBOSE =
      option("logverbose", Syntax.words(NONE, MOST_ELEMENTS), List.of());
  public static final ClientOption<String> SYSLOG_FACILITY =
      option("syslogfacility", Syntax.text(), "USER");

  /** Time between two moments at which keys are sent; zero to send each at once. */
  public static final ClientOption<Duration> OBSCURE_KEYSTROKE_TIMING =
      option(
          "obscurekeystroketiming",
          Syntax.word(OptionValues::keyInterval, OptionValues::printKeyInterval),
          Duration.ZERO);

  public static final ClientOption<Boolean> WARN_WEAK_CRYPTO =
      option("warnweakcrypto", OptionChoices.WARN_WEAK_CRYPTO, true);

  // What is forwarded.
  public static final ClientOption<List<PortForward>> LOCAL_FORWARD =
      forward(
          "localforward",
          PortForward::listed,
          words -> PortForward.local(words.next() + ":" + words.next()));
  public static final ClientOption<List<PortForward>> REMOTE_FORWARD =
      forward("remoteforward", PortForward::listedRemote, OptionValues::remoteForward);
  public static final ClientOption<List<PortForward>> DYNAMIC_FORWARD =
      forward("dynamicforward", PortForward::listed, words -> PortForward.dynamic(words.next()));
  public static final ClientOption<List<String>> PERMIT_REMOTE_OPEN =
      option(
          "permitremoteopen",
          new Syntax<>(
              Syntax.words(Set.of("any", "none"), MOST_ELEMENTS).reader(),
              list -> String.join(" ", list)),
          List.of("any"));
  public static final ClientOption<Boolean> CLEAR_ALL_FORWARDINGS =
      flag("clearallforwardings", false);
  public static final ClientOption<Boolean> EXIT_ON_FORWARD_FAILURE =
      flag("exitonforwardfailure", false);
  public static final ClientOption<Boolean> GATEWAY_PORTS = flag("gatewayports", false);
  public static final ClientOption<ForwardAgent> FORWARD_AGENT =
      option(
          "forwardagent",
          Syntax.word(OptionValues::forwardAgent, OptionValues::printForwardAgent),
          new ForwardAgent(false, Optional.empty()));
  public static final ClientOption<Boolean> FORWARD_X11 = flag("forwardx11", false);
  public static final ClientOption<Boolean> FORWARD_X11_TRUSTED = flag("forwardx11trusted", false);
  public static final ClientOption<Duration> FORWARD_X11_TIMEOUT =
      option("forwardx11timeout", Syntax.timeOrNone(FOREVER), Duration.ofMinutes(20));
  public static final ClientOption<String> XAUTH_LOCATION =
      option("xauthlocation", Syntax.text(), "/usr/bin/xauth");
  public static final ClientOption<Integer> STREAM_LOCAL_BIND_MASK =
      option(
          "streamlocalbindmask",
          Syntax.word(OptionValues::mask, mask -> "0" + Integer.toOctalString(mask)),
          0177);
  public static final ClientOption<Boolean> STREAM_LOCAL_BIND_UNLINK =
      flag("streamlocalbindunlink", false);
  public static final ClientOption<List<String>> CHANNEL_TIMEOUT =
      option("channeltimeout", Syntax.words(NONE, MOST_ELEMENTS), List.of());
  public static final ClientOption<String> TUNNEL = option("tunnel", OptionChoices.TUNNEL, "no");
  public static final ClientOption<String> TUNNEL_DEVICE =
      option("tunneldevice", Syntax.text(), "any:any");

  // Sharing one connection: read, since files have it, and done without.
  public static final ClientOption<String> CONTROL_MASTER =
      option("controlmaster", OptionChoices.CONTROL_MASTER, "no");
  public static final ClientOption<String> CONTROL_PATH = option("controlpath", Syntax.text());
  public static final ClientOption<ControlPersist> CONTROL_PERSIST =
      option(
          "controlpersist",
          Syntax.word(OptionValues::persist, OptionValues::printPersist),
          new ControlPersist(false, Duration.ZERO));
  public static final ClientOption<String> IGNORE_UNKNOWN = option("ignoreunknown", Syntax.text());

  // Holdfast's own; ssh passes over them with "IgnoreUnknown Holdfast*".
  public static final ClientOption<SessionKeeper> HOLDFAST_CONTEXT =
      option("holdfastcontext", OptionChoices.HOLDFAST_CONTEXT, SessionKeeper.AUTO);
  public static final ClientOption<String> HOLDFAST_SESSION =
      option("holdfastsession", Syntax.text());
  public static final ClientOption<Boolean> HOLDFAST_RECONNECT = flag("holdfastreconnect", true);
  public static final ClientOption<Boolean> HOLDFAST_STATUS = flag("holdfaststatus", true);
  public static final ClientOption<Predict> HOLDFAST_PREDICT =
      option("holdfastpredict", OptionChoices.HOLDFAST_PREDICT, Predict.ADAPTIVE);
  public static final ClientOption<Resume> HOLDFAST_RESUME =
      option("holdfastresume", OptionChoices.HOLDFAST_RESUME, Resume.AUTO);

  /** Proxies of a cluster, any of which will do: {@code [user@]host[:port],…}. */
  public static final ClientOption<String> HOLDFAST_PROXY = option("holdfastproxy", Syntax.text());

  /** How long to wait for a connection to end where one has as many as one may have. */
  public static final ClientOption<Duration> HOLDFAST_WAIT =
      option("holdfastwait", Syntax.timeOrNone(Duration.ZERO), Duration.ZERO);

  private ClientOptions() {}

  /** The option of that name in lower case, or of one that it had in the past. */
  static @Nullable ClientOption<?> named(String keyword) {
    return TABLE.get(OptionNames.ALIASES.getOrDefault(keyword, keyword));
  }

  /** All options, in the order in which they stand here. */
  static List<ClientOption<?>> all() {
    return List.copyOf(TABLE.values());
  }

  private static <T> ClientOption<T> add(ClientOption<T> option) {
    TABLE.put(option.keyword(), option);
    return option;
  }

  private static <T> ClientOption<T> option(String keyword, Syntax<T> syntax) {
    return add(new ClientOption<>(keyword, syntax, null, null));
  }

  private static <T> ClientOption<T> option(String keyword, Syntax<T> syntax, T byDefault) {
    return add(new ClientOption<>(keyword, syntax, byDefault, null));
  }

  private static <T> ClientOption<T> joining(
      String keyword, Syntax<T> syntax, T byDefault, BinaryOperator<T> joiner) {
    return add(new ClientOption<>(keyword, syntax, byDefault, joiner));
  }

  private static ClientOption<Boolean> flag(String keyword, boolean byDefault) {
    return option(keyword, Syntax.flag(), byDefault);
  }

  private static ClientOption<AlgorithmList> algorithms(String keyword, AlgorithmKind kind) {
    return option(keyword, Syntax.algorithms(kind), AlgorithmList.DEFAULT);
  }

  private static ClientOption<List<PortForward>> forward(
      String keyword, Function<PortForward, String> printer, Syntax.Reader<PortForward> reader) {
    return joining(
        keyword,
        new Syntax<>(words -> List.of(reader.read(words)), list -> printer.apply(list.getFirst())),
        List.of(),
        OptionValues::appended);
  }
}
