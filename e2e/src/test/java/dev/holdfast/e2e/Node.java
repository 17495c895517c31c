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

/** A running {@code holdfast serve}: a node, in one or more generations. Thread-safe. */
final class Node implements AutoCloseable {
  private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

  private final InetSocketAddress address;
  private final Path configuration;
  private final Command command;
  private final List<Program> generations = new ArrayList<>();

  private Node(InetSocketAddress address, Path configuration, Command command) {
    this.address = address;
    this.configuration = configuration;
    this.command = command;
  }

  /** Starts one on loopback that lets in the user who runs the tests; waits until it listens. */
  static Node start() {
    return start(Holdfast.command("serve"));
  }

  /** The same with more lines of its section. */
  static Node with(String more) {
    return start(Holdfast.command("serve"), Keys.AUTHORIZED_KEYS, more);
  }

  /** The same that lets in who has a key of that file. */
  static Node with(Path keys, String more) {
    return start(Holdfast.command("serve"), keys, more);
  }

  /** The same, started by another program; with more lines of its section. */
  static Node startedBy(List<String> launcher, Path keys, String more) {
    return start(Holdfast.command("serve").startedBy(launcher), keys, more);
  }

  /** The same by the main process of its unit for systemd, which takes over by itself. */
  static Node underSystemd() {
    Command main = Command.of(Sources.root("packaging/systemd/holdfast-node").toString());
    return start(main.with("HOLDFAST", Holdfast.command().words().getFirst()));
  }

  /**
   * One that permits and forwards what stock clients may want, and marks its sessions as ours;
   * their X11 cookies go to a file of their own.
   */
  static Node forClients() {
    Path directory = Scratch.directory("accounts");
    String key =
        "environment=\"%s=%s\",environment=\"XAUTHORITY=%s\" %s"
            .formatted(
                LastWill.MARK_NAME,
                LastWill.MARK,
                directory.resolve("Xauthority"),
                Keys.publicKey(Keys.CLIENT));
    try {
      Path keys = Files.writeString(directory.resolve("authorized_keys"), key);
      return start(
          Holdfast.command("serve"),
          keys,
          """
            PermitUserEnvironment: yes
            X11Forwarding: yes
            X11DisplayOffset: 70
            MaxStartups: 500
            MaxSessions: 20
            PrintMotd: no
            PrintLastLog: no
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that lets in whom an authority in this file has certified, and nobody else. */
  static Node trusting(Path authorities) {
    return start(
        Holdfast.command("serve"), Path.of("none"), "  TrustedUserCAKeys: " + authorities + "\n");
  }

  /** The same with a directory of its own for what it keeps. */
  static Node keeping(Path state, String more) {
    Command program = Holdfast.command("serve", "--state-dir", state.toString());
    return start(program, Keys.AUTHORIZED_KEYS, more);
  }

  private static Node start(Command program) {
    return start(program, Keys.AUTHORIZED_KEYS, "");
  }

  private static Node start(Command program, Path keys, String more) {
    InetSocketAddress address = Ports.free();
    Path directory = Scratch.directory("node");
    Path configuration = directory.resolve("serve.yaml");
    try {
      Files.writeString(
          configuration, configuration(address, directory.resolve("state"), keys) + more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command command = program.plus("--verbose", "--config", configuration.toString());
    Node node = new Node(address, configuration, command);
    node.launch(command);
    return node;
  }

  private static String configuration(InetSocketAddress address, Path state, Path keys) {
    return """
    node:
      listen: %s
      state-dir: %s
      HostKey: [%s, %s]
      AuthorizedKeysFile: %s
      StrictModes: no
      PerSourcePenalties: no # all of a test's clients come from one address
    """
        .formatted(Ports.text(address), state, Keys.HOST_ED25519, Keys.HOST_ECDSA, keys);
  }

  InetSocketAddress address() {
    return address;
  }

  /** A new process takes the port; the old one keeps what lives in it. */
  synchronized void upgrade() {
    Program old = generations.stream().filter(Program::alive).toList().getLast();
    launch(command.plus("--take-over"));
    old.awaitOutput("has the port now", TAKEN_OVER);
  }

  /** Adds lines to its section of the configuration, and has it read that again. */
  synchronized void configure(String more) {
    try {
      Files.writeString(configuration, more, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    generations.getLast().signal("HUP");
    generations.getLast().awaitOutput("read " + configuration + " again", TAKEN_OVER);
  }

  /** The same node started anew, with nothing of the old one's but its files. */
  Node again() {
    Node next = new Node(address, configuration, command);
    next.launch(command);
    return next;
  }

  /** Its processes, oldest first. */
  synchronized List<Program> generations() {
    return List.copyOf(generations);
  }

  /** Clients must have gone by themselves, while what they talked to is still there. */
  void awaitClientsGone(Duration deadline) {
    Leftovers.end(deadline, generations().toArray(Program[]::new));
  }

  /** What all its processes have said, oldest first. */
  synchronized String log() {
    StringBuilder all = new StringBuilder();
    for (Program program : generations) {
      all.append(program.output()).append(program.errors());
    }
    return all.toString();
  }

  private synchronized void launch(Command started) {
    Program program = started.start();
    generations.add(program);
    program.awaitOutput("serving at ", TAKEN_OVER);
  }

  @Override
  public synchronized void close() {
    generations.forEach(Program::close);
  }
}
