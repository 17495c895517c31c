package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A wide-area network between two network namespaces: our emulator {@code src/test/c/wan.c}, whose
 * head explains the commands. Needs root.
 */
final class Wan implements AutoCloseable {
  static final String CLIENT_ADDRESS = "10.77.1.2";
  static final String SERVER_ADDRESS = "10.77.2.2";

  private final Namespace client = Namespace.fresh("c");
  private final Namespace server = Namespace.fresh("s");
  private final Path socket = Scratch.directory("wan").resolve("control");
  private final Program program;

  /**
   * Makes both namespaces and the network between.
   *
   * @param settings as {@code delay=25ms}, or options such as {@code -n} for NAT
   */
  Wan(String... settings) {
    Namespace.removeStale();
    program =
        Command.of(
                build().toString(),
                "-c",
                client.name(),
                "-s",
                server.name(),
                "-S",
                socket.toString())
            .plus(settings)
            .start();
    Await.until(
        () -> "the network to be up: " + program,
        Duration.ofSeconds(10),
        () -> program.errors().contains("control") || !program.alive());
    if (!program.alive()) {
      throw new AssertionError("no network: " + program);
    }
  }

  private static Path build() {
    Path binary = Sources.built("wan");
    try {
      Files.createDirectories(binary.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.of("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", binary.toString())
        .plus(Sources.file("c", "wan.c").toString())
        .run()
        .ok();
    return binary;
  }

  Namespace client() {
    return client;
  }

  Namespace server() {
    return server;
  }

  /**
   * Sends commands, separated by semicolons, and returns what they answered; fails if one was
   * refused.
   */
  String tell(String commands) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.shutdownOutput();
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      if (answer.contains("error:")) {
        throw new IllegalArgumentException("wan refused “" + commands + "”: " + answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Packets that went through from the client and from the server. */
  List<Long> packets() {
    List<Long> counts = new ArrayList<>();
    for (String line : tell("stats").split("\n", -1)) {
      int at = line.indexOf(" out_pkts=");
      if (at >= 0) {
        counts.add(Long.parseLong(line.substring(at + 10, line.indexOf(' ', at + 10))));
      }
    }
    return counts;
  }

  @Override
  public void close() {
    program.close();
    client.remove();
    server.remove();
  }
}
