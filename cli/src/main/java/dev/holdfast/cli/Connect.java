package dev.holdfast.cli;

import dev.holdfast.client.ProxyRoad;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code holdfast connect HOST PORT}: a connection on standard input and output that outlives its
 * links.
 */
final class Connect implements Callable<Integer> {
  /** Bytes that streams may hold: enough for a fast path's window in both directions. */
  private static final long MEMORY = 192L << 20;

  private static final int BUFFER = 128 * 1024;

  private final StandardStreams streams;
  private final ConnectOptions options = new ConnectOptions();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final AtomicBoolean leaving = new AtomicBoolean();

  /** With these for standard input, output and error. */
  Connect(StandardStreams streams) {
    this.streams = streams;
    spec.name("connect").versionProvider(new Version());
    spec.usageMessage()
        .description(
            "Connect standard input and output to a server, over a link that comes back by itself.",
            "",
            "For ~/.ssh/config:",
            "",
            "  Host example.org",
            "    ProxyCommand holdfast connect %%h %%p",
            "",
            "A server without resumption is connected to plainly. Proxies are taken from"
                + " ALL_PROXY, HTTPS_PROXY,",
            "http_proxy and NO_PROXY.");
    options.describe(spec);
  }

  /** The command as picocli sees it. */
  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    Destination to = destination();
    LinkStatus status =
        new LinkStatus(
            spec.commandLine().getErr(),
            to,
            options.isQuiet(),
            options.isVerbose(),
            Terminal::standardError);
    StreamClient client =
        StreamClient.start(MEMORY, fault -> fault.printStackTrace(spec.commandLine().getErr()));
    ProgramInput input = new ProgramInput(streams.in());
    StreamClient.Connection connection = connect(client, options.settings(to, status), input);
    Goodbye goodbye = new Goodbye(connection, status, streams, leaving);
    goodbye.onExit();
    try {
      Thread.ofPlatform().daemon().name("input").start(() -> feed(input, connection, goodbye));
      copyToOutput(connection.duplex());
      return 0;
    } catch (IOException e) {
      if (leaving.get()) {
        return Failures.FAILED;
      }
      throw e;
    } finally {
      status.close();
    }
  }

  private StreamClient.Connection connect(
      StreamClient client, ClientSettings settings, ProgramInput input) throws IOException {
    String proxies = options.proxies();
    return proxies == null
        ? client.connect(settings, input::firstLine)
        : client.connect(
            settings,
            ProxyRoad.of(proxies, options.sshConfig(), System.err).enter(options.target()));
  }

  /** A wrong address is a wrong argument, although it takes two of them to see it. */
  private Destination destination() {
    try {
      return options.destination();
    } catch (TypeConversionException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void feed(ProgramInput input, StreamClient.Connection connection, Goodbye goodbye) {
    input.copyTo(connection.duplex());
    if (streams.awaitNobodyListens()) {
      goodbye.leave();
    }
  }

  private void copyToOutput(Duplex duplex) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    while (duplex.read(buffer.clear()) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        write(buffer);
      }
    }
    streams.out().close();
  }

  /** That nobody reads our output means that the program is gone; there is nobody to tell. */
  private void write(ByteBuffer buffer) throws IOException {
    try {
      streams.out().write(buffer);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
        leaving.set(true);
      }
      throw e;
    }
  }
}
