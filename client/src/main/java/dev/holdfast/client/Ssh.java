package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code ssh}: from its arguments to its exit status (ssh(1)). For one run. */
public final class Ssh {
  private static final String USAGE =
      """
      usage: holdfast ssh [-46AaCfGgNnqsTtVvXxY] [-B bind_interface] [-b bind_address]
                 [-c cipher_spec] [-D [bind_address:]port] [-e escape_char]
                 [-F configfile] [-i identity_file] [-J destination]
                 [-L address] [-l login_name] [-m mac_spec] [-o option]
                 [-P tag] [-p port] [-R address] [-W host:port]
                 destination [command [argument ...]]\
      """;

  private static final int COPY_BYTES = 64 * 1024;

  private final Stdio stdio;
  private final String version;
  private final LinkWatch watch;

  /**
   * A run with these.
   *
   * @param version of this program, for people
   * @param watch hears what happens to the links to a server
   */
  public Ssh(Stdio stdio, String version, LinkWatch watch) {
    this.stdio = stdio;
    this.version = version;
    this.watch = watch;
  }

  /** Does what the arguments say; the exit status. */
  public int run(List<String> arguments) throws InterruptedException {
    SshArguments parsed;
    try {
      parsed = SshArguments.parse(arguments);
    } catch (BadValue e) {
      tell(e.getMessage() + "\n" + USAGE);
      return SessionWork.FAILED;
    }
    try {
      return switch (parsed.action()) {
        case VERSION -> {
          tell(version);
          yield 0;
        }
        case LIST -> list(config(parsed));
        case CONNECT -> connect(config(parsed), parsed.forward());
      };
    } catch (IOException e) {
      tell(String.valueOf(e.getMessage()));
      return SessionWork.FAILED;
    }
  }

  private static ClientConfig config(SshArguments parsed) throws IOException {
    return ClientConfig.read(parsed.query(), Surroundings.ofProcess());
  }

  private int list(ClientConfig config) throws IOException {
    String lines = String.join("\n", config.listing()) + "\n";
    stdio.out().write(lines.getBytes(StandardCharsets.UTF_8));
    return 0;
  }

  private int connect(ClientConfig config, Optional<PortForward.Place> forward)
      throws IOException, InterruptedException {
    refuseWhatCannotBe(config);
    boolean quiet = config.get(ClientOptions.LOG_LEVEL) == ClientOptions.LogLevel.QUIET;
    Prompts prompts = new Prompts(config.surroundings().environment(), stdio.err(), quiet);
    config.notes().forEach(prompts::tell);
    try (BlockingStdio _ = new BlockingStdio();
        Road road = new Road(prompts, watch)) {
      Road.Reached reached = road.reach(config);
      ClientConnection connection = reached.connection();
      try (Forwardings forwardings = new Forwardings(config, connection, prompts)) {
        boolean safe = !reached.check().isUnsafe();
        if (forward.isPresent()) {
          return carry(forwardings.open(forward.get()));
        }
        if (safe && !forwardings.start()) {
          return SessionWork.FAILED;
        }
        boolean lends = safe && lendAgent(config, connection);
        if (config.get(ClientOptions.SESSION_TYPE) == ClientOptions.SessionType.NONE) {
          connection.awaitEnd();
          prompts.tell("Connection to " + config.hostname() + " closed by remote host.");
          return SessionWork.FAILED;
        }
        return new SessionWork(config, connection, stdio, prompts, reached.links()).run(lends);
      }
    }
  }

  /** A JVM can't be two processes after it was one. */
  private static void refuseWhatCannotBe(ClientConfig config) throws IOException {
    if (config.get(ClientOptions.FORK_AFTER_AUTHENTICATION)) {
      throw new IOException(
          "-f (ForkAfterAuthentication) is not supported: this program can't go to the background"
              + " by itself; start it there with 'setsid -f' and a key or an agent.");
    }
  }

  private static boolean lendAgent(ClientConfig config, ClientConnection connection)
      throws IOException {
    ClientOptions.ForwardAgent wanted = config.get(ClientOptions.FORWARD_AGENT);
    Optional<Path> socket =
        wanted.socket().isPresent()
            ? Optional.of(config.path(wanted.socket().get()))
            : Identities.agentPath(config);
    if (!wanted.forward() || socket.isEmpty()) {
      return false;
    }
    connection.lendAgent(() -> Sockets.connect(socket.get().toString()));
    return true;
  }

  /** -W: standard input and output are the connection's. */
  private int carry(Duplex channel) throws IOException {
    Thread.ofPlatform()
        .daemon()
        .name("input")
        .start(() -> {
          byte[] bytes = new byte[COPY_BYTES];
          try {
            for (int count = stdio.in().read(bytes); count >= 0; count = stdio.in().read(bytes)) {
              channel.write(ByteBuffer.wrap(bytes, 0, count));
            }
            channel.shutdownOutput();
          } catch (IOException e) {
            channel.close();
          }
        });
    ByteBuffer bytes = ByteBuffer.allocate(COPY_BYTES);
    while (channel.read(bytes.clear()) >= 0) {
      stdio.out().write(bytes.array(), 0, bytes.position());
    }
    return 0;
  }

  private void tell(String text) {
    PrintStream err = stdio.err();
    err.println(text);
    err.flush();
  }
}
