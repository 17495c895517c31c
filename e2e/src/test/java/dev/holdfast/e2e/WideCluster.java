package dev.holdfast.e2e;

import dev.holdfast.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster over several network namespaces: in one, 50 ms away from its users, two auth services
 * on one PostgreSQL, and three proxies; and each node, with an echo beside it, in a namespace of
 * its own, from which it dials out. Needs root. Confined to one thread.
 */
final class WideCluster implements AutoCloseable {
  static final int PROXIES = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int AUTH_PORT = 2225;
  private static final int PROXY_PORT = 3022;
  private static final String AUTH_ADDRESSES =
      "[%1$s:%2$d, %1$s:%3$d]".formatted(Wan.SERVER_ADDRESS, AUTH_PORT, AUTH_PORT + 1);

  /** Many processes live on one machine here. */
  private static final String SMALL = "-XX:+UseSerialGC -Xmx160m -Xss512k";

  private final Path directory = Scratch.directory("wide");
  private final Wan wan = new Wan("delay=25ms");
  private final NodeHomes homes = new NodeHomes(wan.server());
  private final Map<String, List<Program>> generations = new HashMap<>();
  private @Nullable Postgres postgres;

  /** Starts all of it, with that many nodes; waits until every proxy reaches every node. */
  static WideCluster start(int nodes) throws Exception {
    WideCluster cluster = new WideCluster();
    try {
      cluster.begin(nodes);
      return cluster;
    } catch (Exception | Error e) {
      System.err.println(cluster.log());
      cluster.close();
      throw e;
    }
  }

  private void begin(int nodes) throws Exception {
    postgres = Postgres.start(wan.server().enter());
    configure("auth0", auth(0));
    configure("auth1", auth(1));
    launch("auth0");
    ready("auth0");
    copyAuthorities();
    launch("auth1");
    Path roles = Files.writeString(directory.resolve("roles.yaml"), Members.ROLE);
    admin("apply", roles.toString()).run().ok();
    admin("users", "add", "alice", "--roles", "operator", "--key", Keys.CLIENT + ".pub").run().ok();
    Path proxyToken = token("proxy", PROXIES);
    for (int i = 0; i < PROXIES; i++) {
      configure(proxy(i), member(proxyToken) + proxySection(i));
      launch(proxy(i));
    }
    Path nodeToken = token("node", nodes);
    for (int i = 0; i < nodes; i++) {
      homes.settle();
      configure(node(i), member(nodeToken) + nodeSection(i));
      launch(node(i));
    }
    IntStream.range(0, PROXIES).forEach(this::awaitNodes);
    logIn();
  }

  // ---- what each is told ----

  static String proxy(int i) {
    return "proxy" + i;
  }

  static String node(int i) {
    return "node" + i;
  }

  private String auth(int i) {
    return """
    auth:
      cluster: demo
      listen: %s:%d
      state-dir: %s
      store: %s
    """
        .formatted(
            Wan.SERVER_ADDRESS,
            AUTH_PORT + i,
            state("auth" + i),
            Objects.requireNonNull(postgres).url());
  }

  private static String member(Path token) {
    return "cluster:\n  auth: %s\n  token-file: %s\n".formatted(AUTH_ADDRESSES, token);
  }

  private String proxySection(int i) {
    String address = Wan.SERVER_ADDRESS + ":" + (PROXY_PORT + i);
    return "proxy:\n  listen: %1$s\n  proxies: %1$s\n  state-dir: %2$s\n  name: p%3$d\n"
        .formatted(address, state(proxy(i)), i);
  }

  private String nodeSection(int i) {
    return "node:\n  listen: []\n  state-dir: %s\n  name: %s\n  PrintMotd: no\n  PrintLastLog: no\n"
        .formatted(state(node(i)), node(i));
  }

  private Path state(String name) {
    return directory.resolve(name);
  }

  private void configure(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name + ".yaml"), text);
  }

  private Path token(String kind, int uses) throws IOException {
    String made = admin("tokens", "add", kind, "--uses", "" + uses).run().ok().output().strip();
    return Files.writeString(directory.resolve(kind + ".token"), made + "\n");
  }

  /** A second service of a cluster needs the first one's keys, which are in no database. */
  private void copyAuthorities() {
    Command.of("mkdir", "-p", "-m", "700", state("auth1").toString()).run().ok();
    Command.of("cp", "-a", state("auth0").resolve("authorities").toString())
        .plus(state("auth1").toString())
        .run()
        .ok();
  }

  // ---- processes ----

  private Program launch(String name, String... options) {
    Program program =
        Holdfast.command("serve", "-v", "--config", directory.resolve(name + ".yaml").toString())
            .plus(options)
            .with("HOLDFAST_JAVA_OPTS", SMALL)
            .startedBy(place(name).enter())
            .start();
    generations.computeIfAbsent(name, it -> new ArrayList<>()).add(program);
    return program;
  }

  private Namespace place(String name) {
    return name.startsWith("node")
        ? homes.at(Integer.parseInt(name.substring("node".length())))
        : wan.server();
  }

  private void ready(String name) {
    newest(name).awaitOutput("serving at ", PATIENCE);
  }

  /** The process that has the service now. */
  Program newest(String name) {
    return Objects.requireNonNull(generations.get(name), name).getLast();
  }

  /** Waits until that proxy reaches every node. */
  void awaitNodes(int proxy) {
    for (int i = 0; i < homes.count(); i++) {
      newest(proxy(proxy)).awaitOutput("node " + node(i) + " is here", PATIENCE);
    }
  }

  /** Ends all processes of a service at once, and starts it again. */
  void kill(String name) {
    List<Program> all = Objects.requireNonNull(generations.get(name), name);
    all.stream().filter(Program::alive).forEach(it -> it.signal("KILL"));
    Await.until("the end of " + name, PATIENCE, () -> all.stream().noneMatch(Program::alive));
    launch(name);
    ready(name);
  }

  /** A new process takes a service over. */
  void takeOver(String name) {
    Program old = newest(name);
    launch(name, "--take-over");
    ready(name);
    old.awaitOutput("now; ", PATIENCE);
  }

  /** Tells a service to end, and starts it anew at once, as systemd does. */
  void restart(String name) {
    newest(name).signal("TERM");
    launch(name, "--take-over");
    ready(name);
  }

  /** PostgreSQL loses its machine, and comes back. */
  void restartDatabase() throws Exception {
    Postgres there = Objects.requireNonNull(postgres);
    there.kill();
    there.begin();
  }

  /**
   * Changes an authority in its two steps: everybody learns the next key, the user and the other
   * auth service too, and then it signs.
   */
  void changeAuthority(String kind) throws IOException {
    admin("authorities", "rotate", kind, "--phase", "begin").run().ok();
    copyAuthorities();
    logIn();
    admin("authorities", "rotate", kind, "--phase", "switch").run().ok();
  }

  /** How many processes are there of all services. */
  long processes() {
    return generations.values().stream().flatMap(List::stream).filter(Program::alive).count();
  }

  /** What all of them have said. */
  String log() {
    StringBuilder said = new StringBuilder();
    generations.values().stream().flatMap(List::stream).forEach(it -> said.append(it).append('\n'));
    return said.toString();
  }

  // ---- the user ----

  private Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", state("auth0").resolve("admin.sock").toString());
  }

  private Command own(String... words) {
    return Holdfast.command(words)
        .with("XDG_CONFIG_HOME", directory.resolve("config").toString())
        .startedBy(wan.client().enter());
  }

  private void logIn() throws IOException {
    String listed = admin("authorities", "export", "host").run().ok().output();
    Path first =
        Files.writeString(
            directory.resolve("authority.pub"), listed.lines().findFirst().orElseThrow());
    String pin =
        Command.of("ssh-keygen", "-lf", first.toString()).run().ok().output().split(" ", -1)[1];
    own("login", "--no-agent", "-i", Keys.CLIENT.toString(), "--pin", pin, "-u", "alice")
        .plus(Wan.SERVER_ADDRESS + ":" + AUTH_PORT)
        .run()
        .ok();
    own("ssh-config", "--program", Holdfast.EXECUTABLE.toString()).run().ok();
  }

  /** A client that lacks only options, the node and what is to be done there. */
  Command client(ClientKind kind, int number) {
    String config = directory.resolve("config/holdfast/profiles/demo/ssh_config").toString();
    Command ssh =
        switch (kind) {
          case HOLDFAST_SSH -> own("ssh");
          case PROXY_COMMAND, JUMP -> Command.of("ssh").startedBy(wan.client().enter());
        };
    Command configured =
        ssh.plus("-F", config, "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes")
            .plus("-o", "GlobalKnownHostsFile=none");
    return kind == ClientKind.JUMP
        ? configured.plus("-J", (1 + number % PROXIES) + ".proxy.demo")
        : configured;
  }

  /** What is put before a command to run it where the user is. */
  List<String> atTheUser() {
    return wan.client().enter();
  }

  @Override
  public void close() {
    generations.values().stream().flatMap(List::stream).forEach(Program::close);
    try {
      if (postgres != null) {
        postgres.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      homes.close();
      wan.close();
    }
  }
}
