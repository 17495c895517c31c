package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Running proxies of one cluster, the nodes behind them, and ssh's configuration for who goes
 * through them. Thread-safe.
 */
final class Proxies implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory = Scratch.directory("proxies");
  private final Path state = directory.resolve("state");
  private final Path users = directory.resolve("users");
  private final Path nodes = directory.resolve("nodes");
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final List<Program> running = new ArrayList<>();
  private final List<Program> former = new ArrayList<>();
  private final List<Program> nodePrograms = new ArrayList<>();
  private final Path config;

  private Proxies(int count) {
    try {
      Files.writeString(users, Sshd.USER + " " + Keys.publicKey(Keys.CLIENT));
      Files.writeString(nodes, "");
      for (int i = 0; i < count; i++) {
        addresses.add(Ports.free());
        running.add(launch(i));
      }
      config = Files.writeString(directory.resolve("ssh_config"), configuration());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts so many. */
  static Proxies start(int count) {
    return new Proxies(count);
  }

  private Program launch(int number, String... more) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("proxy" + number + ".yaml"),
            """
            proxy:
              listen: %s
              state-dir: %s
              users: %s
              nodes: %s
              ticket-time: 10s
            """
                .formatted(Ports.text(addresses.get(number)), state, users, nodes));
    Program program =
        Holdfast.command("serve", "-v", "--config", file.toString()).plus(more).start();
    program.awaitOutput("serving at ", PATIENCE);
    return program;
  }

  /** Each proxy is a host of that name, and every other name is a node. */
  private String configuration() throws IOException {
    Path known =
        Files.writeString(
            directory.resolve("known_hosts"),
            "proxy " + Files.readString(state.resolve("ssh_host_ed25519_key.pub")));
    String common =
        """
          User %s
          IdentityFile %s
          IdentitiesOnly yes
          GlobalKnownHostsFile none
          StrictHostKeyChecking yes
          UpdateHostKeys no
          BatchMode yes
        """
            .formatted(Sshd.USER, Keys.CLIENT);
    return IntStream.range(0, addresses.size())
            .mapToObj(i ->
                "Host proxy%d\n  HostName 127.0.0.1\n  Port %d\n  HostKeyAlias proxy\n"
                        .formatted(i, addresses.get(i).getPort())
                    + "  HostKeyAlgorithms ssh-ed25519\n  UserKnownHostsFile "
                    + known
                    + "\n"
                    + common)
            .collect(Collectors.joining())
        + "Host *\n  HostKeyAlias "
        + Keys.HOST_ALIAS
        + "\n  UserKnownHostsFile "
        + Keys.KNOWN_HOSTS
        + "\n"
        + common;
  }

  /** All of them, as {@code --proxy} takes them. */
  String names() {
    return IntStream.range(0, addresses.size())
        .mapToObj(i -> "proxy" + i)
        .collect(Collectors.joining(","));
  }

  /** What is written behind ProxyCommand. */
  String proxyCommand() {
    return "%s connect -F %s --proxy %s --login %%r %%h %%p"
        .formatted(Holdfast.EXECUTABLE, config, names());
  }

  /** {@code ssh} with this configuration. */
  Command ssh(String... words) {
    return Command.of("ssh", "-F", config.toString()).plus(words);
  }

  /** {@code holdfast ssh} with this configuration. */
  Command holdfastSsh(String... words) {
    return Holdfast.command("ssh", "-F", config.toString(), "-o", "HoldfastProxy=" + names())
        .plus(words);
  }

  /** Starts a node of ours that nobody can dial; waits until every proxy can reach it. */
  void node(String name) {
    Path at = Scratch.directory("node");
    serve(
        name,
        at,
        """
        node:
          listen: []
          state-dir: %s
          HostKey: [%s, %s]
          AuthorizedKeysFile: %s
          StrictModes: no
          PrintMotd: no
          PrintLastLog: no
        """
            .formatted(
                at.resolve("state"), Keys.HOST_ED25519, Keys.HOST_ECDSA, Keys.AUTHORIZED_KEYS));
  }

  /** Makes a node of a stock sshd. */
  void gate(String name, Sshd sshd) {
    Path at = Scratch.directory("gate");
    serve(
        name,
        at,
        "gate:\n  to: %s\n  state-dir: %s\n"
            .formatted(Ports.text(sshd.address()), at.resolve("state")));
  }

  private void serve(String name, Path at, String section) {
    Path key = at.resolve("node_key");
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().ok();
    String proxies =
        addresses.stream().map(Ports::text).collect(Collectors.joining(", ", "[", "]"));
    try {
      Files.writeString(
          nodes, name + " role=" + name + " " + Keys.publicKey(key), StandardOpenOption.APPEND);
      Path file =
          Files.writeString(
              at.resolve("serve.yaml"),
              section
                  + """
                    proxies: %s
                    name: %s
                    node-key: %s
                    proxy-keys: %s
                  """
                      .indent(0)
                      .formatted(proxies, name, key, state.resolve("ssh_host_ed25519_key.pub")));
      Program program = Holdfast.command("serve", "-v", "--config", file.toString()).start();
      nodePrograms.add(program);
      program.awaitOutput("serving at ", PATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Program proxy : List.copyOf(running)) {
      proxy.awaitOutput("node " + name + " is here", PATIENCE);
    }
  }

  /**
   * Ends a proxy by a signal, and starts it again; waits until every node is back. If an older
   * process has the port again meanwhile, that is taken over.
   */
  synchronized void restart(int number, String signal, List<String> names) {
    Program old = running.get(number);
    old.signal(signal);
    Await.until("the end of proxy " + number, PATIENCE, () -> !old.alive());
    try {
      Program next = launch(number, "--take-over");
      running.set(number, next);
      names.forEach(name -> next.awaitOutput("node " + name + " is here", PATIENCE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A new process takes a proxy over; waits until it has the port and every node is there.
   *
   * @return the old one
   */
  synchronized Program upgrade(int number, List<String> names) {
    Program old = running.get(number);
    try {
      Program next = launch(number, "--take-over");
      former.add(old);
      running.set(number, next);
      old.awaitOutput("has the port of the proxy now", PATIENCE);
      names.forEach(name -> next.awaitOutput("node " + name + " is here", PATIENCE));
      return old;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells a proxy to end, and starts it again at once; waits until every node is there. */
  synchronized Program relieve(int number, List<String> names) {
    Program old = running.get(number);
    old.signal("TERM");
    try {
      Program next = launch(number, "--take-over");
      former.add(old);
      running.set(number, next);
      names.forEach(name -> next.awaitOutput("node " + name + " is here", PATIENCE));
      return old;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process of a proxy that has its port. */
  synchronized Program running(int number) {
    return running.get(number);
  }

  /** An older process of that proxy has the port again. */
  synchronized void isBack(int number, Program older) {
    running.set(number, older);
  }

  /** What all of them have said. */
  synchronized String log() {
    StringBuilder all = new StringBuilder();
    former.forEach(it -> all.append(it.errors()));
    running.forEach(it -> all.append(it.errors()));
    nodePrograms.forEach(it -> all.append(it.errors()));
    return all.toString();
  }

  @Override
  public synchronized void close() {
    nodePrograms.forEach(Program::close);
    running.forEach(Program::close);
    former.forEach(Program::close);
  }
}
