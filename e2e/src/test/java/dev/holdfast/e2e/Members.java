package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster of processes: an auth service, a proxy, a node that nobody can dial, and a gate
 * before a stock sshd; and one user of it. Thread-safe.
 */
final class Members implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The role of the user, which may do everything as the user who runs the tests. */
  static final String ROLE =
      """
      kind: role
      name: operator
      allow:
        logins: ['%s']
        nodes: {'*': '*'}
      """
          .formatted(Sshd.USER);

  private final Path directory = Scratch.directory("members");
  private final InetSocketAddress authAddress = Ports.free();
  private final Path profiles = directory.resolve("config");
  private final Map<String, Program> running = new ConcurrentHashMap<>();
  private final Map<String, Path> configurations = new ConcurrentHashMap<>();
  private final List<Program> all = new ArrayList<>();
  private @Nullable Sshd sshd;
  private @Nullable CuttingRelay network;

  private Members() {}

  /** Starts all of it; waits until the proxy reaches the nodes. */
  static Members start() {
    return begun(Members::begin);
  }

  /** The same with a network between users and proxy, which can be cut. */
  static Members startBehindANetwork() {
    return begun(members -> {
      InetSocketAddress proxy = Ports.free();
      members.network = new CuttingRelay(proxy);
      members.begin(proxy, members.network.address());
    });
  }

  /** Auth service, proxy and node in one process. */
  static Members inOneProcess() {
    return begun(Members::beginInOne);
  }

  private interface Beginning {
    void of(Members members) throws IOException;
  }

  private static Members begun(Beginning beginning) {
    Members members = new Members();
    try {
      beginning.of(members);
      return members;
    } catch (IOException e) {
      members.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      members.close();
      throw e;
    }
  }

  private void beginInOne() throws IOException {
    String address = Ports.text(Ports.free());
    serve(
        "all",
        """
        auth:
          cluster: demo
          listen: %s
          state-dir: %s
        proxy:
          listen: %s
          proxies: %s
          state-dir: %s
          name: p1
        node:
          listen: []
          state-dir: %s
          name: web1
          PrintMotd: no
          PrintLastLog: no
        """
            .formatted(
                Ports.text(authAddress),
                state("auth"),
                address,
                address,
                state("proxy"),
                state("web1")));
    apply(ROLE);
    admin("users", "add", "alice", "--roles", "operator", "--key", Keys.CLIENT + ".pub").run().ok();
    running("all").awaitOutput("node web1 is here", PATIENCE);
    logIn();
  }

  private void begin() throws IOException {
    InetSocketAddress proxy = Ports.free();
    begin(proxy, proxy);
  }

  /** With a proxy that listens at one address and is found by its users at another. */
  private void begin(InetSocketAddress proxy, InetSocketAddress found) throws IOException {
    String dialled = proxy.equals(found) ? "" : "  proxies: " + Ports.text(proxy) + "\n";
    serve(
        "auth",
        """
        auth:
          cluster: demo
          listen: %s
          state-dir: %s
        """
            .formatted(Ports.text(authAddress), state("auth")));
    apply(ROLE);
    admin("users", "add", "alice", "--roles", "operator", "--key", Keys.CLIENT + ".pub").run().ok();
    proxy("proxy", "p1", proxy, found);
    serve(
        "web1",
        member("node")
            + """
            node:
              listen: []
              state-dir: %s
              name: web1
              labels: env=test
              recording-stall: 3s
              PrintMotd: no
              PrintLastLog: no
            """
                .formatted(state("web1"))
            + dialled);
    Path believed = state("old").resolve("users");
    Sshd behind = Sshd.trusting(believed);
    sshd = behind;
    serve(
        "old",
        member("node")
            + """
            gate:
              to: %s
              state-dir: %s
              name: old
              node-key: %s
            """
                .formatted(Ports.text(behind.address()), state("old"), Keys.HOST_ED25519)
            + dialled);
    awaitNodes(running("proxy"));
    logIn();
  }

  /** Starts one more proxy; waits until it reaches both nodes. */
  void another(String name, String called) {
    try {
      InetSocketAddress address = Ports.free();
      proxy(name, called, address, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitNodes(running(name));
    own("ssh-config", "--program", Holdfast.EXECUTABLE.toString()).run().ok();
  }

  private void proxy(String name, String called, InetSocketAddress at, InetSocketAddress found)
      throws IOException {
    serve(
        name,
        member("proxy")
            + """
            proxy:
              listen: %s
              proxies: %s
              state-dir: %s
              name: %s
            """
                .formatted(Ports.text(at), Ports.text(found), state(name), called));
  }

  /** The network between users and proxy. */
  CuttingRelay network() {
    return Objects.requireNonNull(network);
  }

  /** The section of a member, with a token to join once. */
  private String member(String kind) throws IOException {
    String token = admin("tokens", "add", kind).run().ok().output().strip();
    Path file = Files.writeString(Scratch.directory("token").resolve("token"), token + "\n");
    return """
    cluster:
      auth: [%s]
      token-file: %s
    """
        .formatted(Ports.text(authAddress), file);
  }

  /** Where a service keeps what is its own. */
  Path state(String name) {
    return directory.resolve(name);
  }

  private void serve(String name, String configuration) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), configuration);
    configurations.put(name, file);
    launch(name);
  }

  /** Starts a service, or starts it again. */
  synchronized Program launch(String name) {
    Program program =
        Holdfast.command("serve", "-v", "--config", "" + configurations.get(name)).start();
    all.add(program);
    running.put(name, program);
    program.awaitOutput("serving at ", PATIENCE);
    return program;
  }

  /**
   * A new process takes a service over; waits until the old one says so of its part.
   *
   * @return the old one
   */
  Program upgrade(String name, String said) {
    Program old = running(name);
    synchronized (this) {
      Program next =
          Holdfast.command("serve", "-v", "--take-over", "--config", "" + configurations.get(name))
              .start();
      all.add(next);
      running.put(name, next);
      next.awaitOutput("serving at ", PATIENCE);
    }
    old.awaitOutput(said, PATIENCE);
    return old;
  }

  /** The process of a service. */
  Program running(String name) {
    return Objects.requireNonNull(running.get(name), name);
  }

  /** Ends a service by a signal, and waits for its end. */
  void end(String name, String signal) {
    Program program = running(name);
    program.signal(signal);
    Await.until("the end of " + name, PATIENCE, () -> !program.alive());
  }

  /** The sshd that stays as it is, behind the gate called old. */
  Sshd sshd() {
    return Objects.requireNonNull(sshd);
  }

  /** The certificate of its host key that the gate before it keeps up to date. */
  Path hostCertificate() {
    return state("old").resolve("host-cert.pub");
  }

  /** Waits until a proxy reaches both nodes. */
  static void awaitNodes(Program proxy) {
    proxy.awaitOutput("node web1 is here", PATIENCE);
    proxy.awaitOutput("node old is here", PATIENCE);
  }

  /** What all of them have said. */
  synchronized String log() {
    StringBuilder said = new StringBuilder();
    all.forEach(it -> said.append(it).append(":\n").append(it.output()).append(it.errors()));
    return said.toString();
  }

  // ---- commands ----

  Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", state("auth").resolve("admin.sock").toString());
  }

  /** Applies documents. */
  void apply(String documents) {
    try {
      Path file = Files.writeString(Scratch.directory("documents").resolve("these"), documents);
      admin("apply", file.toString()).run().ok();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command of the user's. */
  Command own(String... words) {
    return by(profiles, words);
  }

  /** A command of whoever keeps his profiles there. */
  Command by(Path config, String... words) {
    return Holdfast.command(words).with("XDG_CONFIG_HOME", config.toString());
  }

  /** The audit events of that name, a line each. */
  String audited(String event) {
    return admin("audit", "search", "--event", event).run().ok().output();
  }

  /** The live sessions that whoever keeps his profiles there may join, a line each. */
  String joinable(Path config) {
    return by(config, "join", "-o", "names").run().ok().output();
  }

  /** Waits until he could join none. */
  void awaitNoneJoinable(Path config) {
    Await.until("the end of all sessions", PATIENCE, () -> joinable(config).isEmpty());
  }

  /** Adds a user with a key of his own, and logs him in; returns where he keeps his profiles. */
  Path logInNew(String user, String role) {
    Path config = Scratch.directory("config-of-" + user);
    Path key = config.resolve("key");
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().ok();
    admin("users", "add", user, "--roles", role, "--key", key + ".pub").run().ok();
    logIn(config, user, key);
    return config;
  }

  private void logIn(Path config, String user, Path key) {
    by(config, "login", "--no-agent", "-i", key.toString(), "--pin", authority())
        .plus("-u", user, Ports.text(authAddress))
        .run()
        .ok();
  }

  private void logIn() throws IOException {
    logIn(profiles, "alice", Keys.CLIENT);
    own("ssh-config", "--program", Holdfast.EXECUTABLE.toString()).run().ok();
    // sshd before the gate shows a key of its own, which nobody certifies.
    Files.writeString(
        profile().resolve("known_hosts"),
        "old.demo " + Keys.publicKey(Keys.HOST_ED25519) + "\n",
        java.nio.file.StandardOpenOption.APPEND);
  }

  private String authority() {
    String listed = admin("authorities", "ls", "-o", "json").run().ok().output();
    Matcher host =
        Pattern.compile("\"kind\":\"host\"[^}]*\"fingerprint\":\"([^\"]+)\"").matcher(listed);
    if (!host.find()) {
      throw new AssertionError(listed);
    }
    return host.group(1);
  }

  Path profile() {
    return profiles.resolve("holdfast/profiles/demo");
  }

  private Path config() {
    return profile().resolve("ssh_config");
  }

  /** Stock ssh through the proxy's ProxyCommand, as the profile's configuration says. */
  Command ssh(String... words) {
    return Command.of("ssh", "-F", config().toString(), "-o", "StrictHostKeyChecking=yes")
        .plus("-o", "BatchMode=yes", "-o", "GlobalKnownHostsFile=none")
        .plus(words);
  }

  /** Stock ssh that jumps. */
  Command jump(String... words) {
    return ssh("-J", "1.proxy.demo").plus(words);
  }

  /** {@code holdfast ssh}. */
  Command holdfastSsh(String... words) {
    return own("ssh", "-F", config().toString(), "-o", "StrictHostKeyChecking=yes")
        .plus("-o", "BatchMode=yes", "-o", "GlobalKnownHostsFile=none")
        .plus(words);
  }

  @Override
  public synchronized void close() {
    all.reversed().forEach(Program::close);
    if (sshd != null) {
      sshd.close();
    }
    if (network != null) {
      network.close();
    }
  }
}
