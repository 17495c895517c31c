package dev.holdfast.cli;

import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast connect HOST PORT}: a connection on standard input and output that outlives its
 * links.
 */
@Command(
    name = "connect",
    description = {
      "Connect standard input and output to a server, over a link that comes back by itself.",
      "",
      "For ~/.ssh/config:",
      "",
      "  Host example.org",
      "    ProxyCommand holdfast connect %%h %%p",
      "",
      "A server without resumption is connected to plainly. Proxies are taken from ALL_PROXY,"
          + " HTTPS_PROXY,",
      "http_proxy and NO_PROXY."
    },
    mixinStandardHelpOptions = true)
final class Connect implements Callable<Integer> {
  /** Bytes that streams may hold: enough for a fast path's window in both directions. */
  private static final long MEMORY = 192L << 20;

  private static final int BUFFER = 128 * 1024;

  /** How long the goodbye may take once the program at our input is gone. */
  private static final long GOODBYE = 10_000_000_000L;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "HOST", description = "The server's name or address.")
  private String host;

  @Parameters(index = "1", paramLabel = "PORT", description = "Its port.")
  private String port;

  @Option(
      names = "--resume",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "auto: what the server speaks; v2: this version at once, saving a round trip; v1; off."
              + " Default: auto.")
  private ClientSettings.Resume resume;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description =
          "Give up when there was no link for this long. Default: as long as the server keeps the"
              + " stream.")
  private @Nullable Duration timeout;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "30s",
      description = "Time for the first connection. Default: 30s.")
  private Duration connectTimeout;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing while the link is away.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell everything that happens to the link.")
  private boolean verbose;

  private volatile boolean leaving;

  @Override
  public Integer call() throws IOException {
    Destination to = DestinationAddress.of(host, port, host + " " + port);
    LinkStatus status = new LinkStatus(spec.commandLine().getErr(), to, quiet, verbose);
    ClientSettings settings =
        new ClientSettings(to, resume, connectTimeout, timeout, System.getenv(), status);
    StreamClient client =
        StreamClient.start(MEMORY, fault -> fault.printStackTrace(spec.commandLine().getErr()));
    Input input = new Input();
    StreamClient.Connection connection = client.connect(settings, input::firstLine);
    Thread goodbye = new Thread(() -> goodbye(connection, status));
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      Thread.ofPlatform().daemon().name("input").start(() -> input.copyTo(connection.duplex()));
      copyToOutput(connection.duplex());
      return 0;
    } catch (IOException e) {
      if (leaving) {
        return Failures.FAILED;
      }
      throw e;
    } finally {
      status.close();
    }
  }

  private static void copyToOutput(Duplex duplex) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try (FileOutputStream stream = new FileOutputStream(FileDescriptor.out);
        FileChannel out = stream.getChannel()) {
      while (duplex.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
    }
  }

  /** Whatever ends this process, the server is told, so that no session is left behind there. */
  private void goodbye(StreamClient.Connection connection, LinkStatus status) {
    leaving = true;
    status.close();
    connection.duplex().close();
    try {
      connection.ending().await(GOODBYE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Standard input: read by a thread of its own from the beginning, since a pipe can't be asked
   * whether it has something.
   */
  private static final class Input {
    private final ByteBuffer first = ByteBuffer.allocateDirect(BUFFER);
    private final CountDownLatch read = new CountDownLatch(1);
    private final FileChannel in = new FileInputStream(FileDescriptor.in).getChannel();
    private volatile boolean ended;

    Input() {
      Thread.ofPlatform().daemon().name("first input").start(this::readFirst);
    }

    private void readFirst() {
      try {
        ended = in.read(first) < 0;
      } catch (IOException e) {
        ended = true;
      }
      first.flip();
      read.countDown();
    }

    byte @Nullable [] firstLine(Duration wait) throws IOException {
      try {
        if (!read.await(wait.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS)) {
          return null;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      ByteBuffer view = first.duplicate();
      for (int i = 0; i < view.limit(); i++) {
        if (view.get(i) == '\n') {
          byte[] line = new byte[i + 1];
          view.get(0, line);
          return line;
        }
      }
      byte[] all = new byte[view.limit()];
      view.get(0, all);
      return all;
    }

    void copyTo(Duplex duplex) {
      try {
        read.await();
        if (!ended) {
          duplex.write(first);
          for (ByteBuffer buffer = first.clear(); in.read(buffer) >= 0; buffer.clear()) {
            duplex.write(buffer.flip());
          }
        }
        duplex.shutdownOutput();
      } catch (IOException | InterruptedException e) {
        // The stream has ended; whoever reads from it says why.
      }
    }
  }
}
