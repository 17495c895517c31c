package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The real OpenSSH, with keys and files of its own in one directory. */
public final class OpenSsh {
  static final Path SSHD = Path.of("/usr/sbin/sshd");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;

  /** Skips the test where there is no OpenSSH. */
  public OpenSsh(Path directory) {
    assumeTrue(
        Files.isExecutable(SSHD), "SKIPPED: needs OpenSSH's client and server (openssh-server)");
    this.directory = directory;
  }

  /** How a program ended. */
  public record Ended(int status, byte[] out, String err) {
    String text() {
      return new String(out, UTF_8);
    }
  }

  /** Makes a key pair; returns the private key's file. */
  public Path key(String type) throws Exception {
    Path file = directory.resolve("key-" + type);
    Ended ended =
        run(InputStream.nullInputStream(), "ssh-keygen", "-q", "-t", type, "-N", "", "-f", file);
    assertThat(ended.status()).as(ended.err()).isZero();
    return file;
  }

  /** Type and base64 of a key that {@link #key} made. */
  public static String line(Path key) throws IOException {
    String[] words = Files.readString(key.resolveSibling(key.getFileName() + ".pub")).split(" ", 3);
    return words[0] + " " + words[1];
  }

  /**
   * Runs {@code ssh OPTIONS me@127.0.0.1 COMMAND} with nothing but what is given here.
   *
   * @param hostKey the only host key that ssh knows
   */
  Ended ssh(
      int port, String hostKey, Path key, List<String> options, InputStream stdin, String command)
      throws Exception {
    Path known =
        Files.writeString(directory.resolve("known"), "[127.0.0.1]:" + port + " " + hostKey);
    List<Object> line =
        new ArrayList<>(List.of("ssh", "-F", "none", "-p", port, "-i", key, "-o", "BatchMode=yes"));
    line.addAll(List.of("-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"));
    line.addAll(List.of("-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + known));
    line.addAll(List.of("-o", "GlobalKnownHostsFile=none"));
    line.addAll(options);
    line.add("me@127.0.0.1");
    if (!command.isEmpty()) {
      line.add(command);
    }
    return run(stdin, line.toArray());
  }

  /** What {@code ssh -Q FEATURE} lists. */
  List<String> lists(String feature) throws Exception {
    return run(InputStream.nullInputStream(), "ssh", "-Q", feature).text().lines().toList();
  }

  /** Starts sshd on a port of 127.0.0.1 for the current user with {@code authorizedKey}. */
  public Sshd sshd(Path hostKey, String authorizedKey, String... settings) throws Exception {
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    int port = freePort();
    Path authorized = Files.writeString(directory.resolve("authorized"), authorizedKey + "\n");
    List<String> lines = new ArrayList<>(List.of(settings));
    lines.add("ListenAddress 127.0.0.1:" + port);
    lines.add("HostKey " + hostKey);
    lines.add("AuthorizedKeysFile " + authorized);
    lines.add("PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes");
    Path config = Files.write(directory.resolve("sshd_config"), lines);
    Process process =
        new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("sshd.log").toFile())
            .start();
    Awaitility.await().until(() -> !process.isAlive() || listens(port));
    assertThat(process.isAlive()).as(Files.readString(directory.resolve("sshd.log"))).isTrue();
    return new Sshd(process, port);
  }

  /** A running sshd. */
  public record Sshd(Process process, int port) implements AutoCloseable {
    public SocketDuplex connect() throws IOException {
      return new SocketDuplex(
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  private static Ended run(InputStream stdin, Object... line) throws Exception {
    List<String> words = new ArrayList<>();
    for (Object word : line) {
      words.add(word.toString());
    }
    Process process = new ProcessBuilder(words).start();
    CompletableFuture<byte[]> out = readAll(process.getInputStream());
    CompletableFuture<byte[]> err = readAll(process.getErrorStream());
    Thread.startVirtualThread(() -> feed(stdin, process.getOutputStream()));
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(words + " still runs: " + new String(err.get(), UTF_8));
    }
    return new Ended(process.exitValue(), out.get(), new String(err.get(), UTF_8));
  }

  private static CompletableFuture<byte[]> readAll(InputStream stream) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        all.complete(stream.readAllBytes());
      } catch (IOException e) {
        all.completeExceptionally(e);
      }
    });
    return all;
  }

  private static void feed(InputStream from, OutputStream to) {
    try (to) {
      from.transferTo(to);
    } catch (IOException e) {
      // The program ended without reading all of it; its status tells.
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
