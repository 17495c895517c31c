package dev.holdfast.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A wide-area network of real packets between two network namespaces, with NAT: our emulator {@code
 * e2e/src/test/c/wan.c}, whose head explains the commands. Needs root, {@code cc} and {@code ip}.
 */
final class WideNetwork implements AutoCloseable {
  /** Where servers listen. */
  static final String SERVER = "10.77.2.2";

  private static final java.nio.file.Path NAMESPACES = java.nio.file.Path.of("/run/netns");
  private static final Pattern OURS = Pattern.compile("hfb-(\\d+)-.*");
  private static final long UP_MAX_NANOS = 10_000_000_000L;
  private static final long LOOK_NANOS = 20_000_000;
  private static final int PROGRAM_MAX_SECONDS = 60;

  private final Scratch scratch;
  private final String name = "hfb-" + ProcessHandle.current().pid() + "-";
  private final Child emulator;

  private WideNetwork(Scratch scratch, List<String> settings) throws IOException {
    this.scratch = scratch;
    removeStale();
    java.nio.file.Path source =
        java.nio.file.Path.of(Resuming.launcher())
            .toAbsolutePath()
            .resolveSibling("e2e/src/test/c/wan.c");
    run("cc", "-O2", "-o", file("wan").toString(), source.toString());
    var command =
        new ArrayList<String>(List.of(file("wan").toString(), "-n", "-c", name + "c", "-s"));
    command.addAll(List.of(name + "s", "-S", file("control").toString()));
    command.addAll(settings);
    emulator = Child.start(command);
  }

  /** Makes both namespaces and the network between, with settings such as {@code delay=25ms}. */
  static WideNetwork start(String... settings) throws IOException {
    var network = new WideNetwork(Scratch.make(), Arrays.asList(settings));
    try {
      network.awaitUp();
      return network;
    } catch (IOException e) {
      network.close();
      throw e;
    }
  }

  /** What is put before a command that is to run at the client's end. */
  List<String> atClient() {
    return enter("c");
  }

  /** What is put before a command that is to run at the server's end. */
  List<String> atServer() {
    return enter("s");
  }

  /** Sends commands, separated by semicolons. */
  void tell(String commands) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(file("control")));
      channel.write(ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.shutdownOutput();
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      String text = new String(answer, StandardCharsets.UTF_8);
      if (text.contains("error:")) {
        throw new IOException("the network refused “" + commands + "”: " + text.strip());
      }
    }
  }

  private List<String> enter(String end) {
    return List.of("nsenter", "--net=" + NAMESPACES.resolve(name + end));
  }

  private java.nio.file.Path file(String file) {
    return scratch.directory().resolve(file);
  }

  private void awaitUp() throws IOException {
    long deadline = System.nanoTime() + UP_MAX_NANOS;
    while (!Files.exists(file("control"))) {
      if (!emulator.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("there is no network" + emulator.complaint());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Removes the namespaces of benches that were killed. */
  private static void removeStale() throws IOException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    List<String> names;
    try (Stream<java.nio.file.Path> all = Files.list(NAMESPACES)) {
      names = all.map(path -> path.getFileName().toString()).toList();
    }
    for (String each : names) {
      Matcher match = OURS.matcher(each);
      if (match.matches() && ProcessHandle.of(Long.parseLong(match.group(1))).isEmpty()) {
        run("ip", "netns", "del", each);
      }
    }
  }

  /** Runs a program to its end, which must be a good one. */
  static void run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(discard()).start();
    try {
      if (!process.waitFor(PROGRAM_MAX_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " failed");
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  private static ProcessBuilder.Redirect discard() {
    return ProcessBuilder.Redirect.DISCARD;
  }

  @Override
  public void close() throws IOException {
    emulator.close();
    for (String end : List.of("c", "s")) {
      if (Files.exists(NAMESPACES.resolve(name + end))) {
        run("ip", "netns", "del", name + end);
      }
    }
    scratch.delete();
  }
}
