package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** This process as a server, without SSH: of what listens here, only its own is told. */
final class LocalFar implements FarSide {
  private static final long OWN = ProcessHandle.current().pid();

  /** What was opened, as asked. */
  final List<String> opened = new CopyOnWriteArrayList<>();

  /** The apps that were seen to serve beside silent connections. */
  final List<String> beside = new CopyOnWriteArrayList<>();

  @Override
  public String login() {
    return "ann@build.example";
  }

  @Override
  public Duplex open(String host, int port) throws OpenFailure {
    String asked = host + ":" + port;
    opened.add(asked);
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.connect(new InetSocketAddress(host, port));
      return SocketDuplex.of(channel);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        new SocketDuplex(channel).close();
      }
      throw new OpenFailure(OpenFailure.Why.NOTHING_LISTENS, "Nothing listens at " + asked + ".");
    }
  }

  @Override
  public byte[] run(String command, byte[] input, int mostOutput, Duration within)
      throws IOException {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (OutputStream to = process.getOutputStream()) {
      to.write(input);
    }
    String output =
        new String(process.getInputStream().readNBytes(mostOutput), StandardCharsets.UTF_8);
    return output
        .lines()
        .filter(line -> !line.startsWith("LISTEN") || line.contains("pid=" + OWN + ","))
        .collect(Collectors.joining("\n"))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Standing standing() {
    return new Standing("connected", 7);
  }

  @Override
  public Runnable watch(Runnable changed) {
    return () -> {};
  }

  @Override
  public void servesBeside(String host, int port, int idle) {
    beside.add(host + ":" + port);
  }
}
