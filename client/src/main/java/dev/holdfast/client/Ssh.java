package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code ssh}: from its arguments to its exit status (ssh(1)). For one run. */
public final class Ssh {
  private static final String USAGE =
      """
      usage: holdfast ssh [-46AaCfGgNnqsTtVvXxY] [-B bind_interface] [-b bind_address]
                 [-c cipher_spec] [-D [bind_address:]port] [-e escape_char]
                 [-F configfile] [-i identity_file] [-J destination]
                 [-L address] [-l login_name] [-m mac_spec] [-o option]
                 [-P tag] [-p port] [-R address] [-W host:port] [--wait time]
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
        case CONNECT -> {
          // While the configuration is read: both take long in a process that begins.
          CompletableFuture<ClientEngine> engine = Ways.engineToCome();
          Thread.ofVirtual().start(TtyCalls::prepare);
          yield connect(config(parsed), parsed.forward(), engine);
        }
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

  private int connect(
      ClientConfig config,
      Optional<PortForward.Place> forward,
      CompletableFuture<ClientEngine> engine)
      throws IOException, InterruptedException {
    Map<String, String> environment = config.surroundings().environment();
    boolean isFork = config.get(ClientOptions.FORK_AFTER_AUTHENTICATION);
    if (isFork && Background.isInFront(environment)) {
      return Background.send();
    }
    boolean quiet = config.get(ClientOptions.LOG_LEVEL) == ClientOptions.LogLevel.QUIET;
    Prompts prompts = new Prompts(config.surroundings().environment(), stdio.err(), quiet);
    config.notes().forEach(prompts::tell);
    try (BlockingStdio _ = new BlockingStdio();
        Road road = new Road(prompts, watch, engine);
        Forwardings forwardings = new Forwardings(config, prompts)) {
      Road.Reached reached =
          new Patience(prompts, config.get(ClientOptions.HOLDFAST_WAIT))
              .have(() -> road.reach(config), road::leave);
      ClientConnection connection = reached.connection();
      boolean safe = !reached.check().isUnsafe();
      if (forward.isPresent()) {
        forwardings.use(connection);
        return carry(forwardings.open(forward.get()));
      }
      if (safe && !forwardings.start(connection)) {
        return SessionWork.FAILED;
      }
      Lent lent = safe ? Lent.of(config, prompts) : Lent.nothing();
      if (isFork) {
        Background.goBehind(environment);
      }
      return new LastingSession(config, road, stdio, prompts, forwardings).run(reached, lent);
    }
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
