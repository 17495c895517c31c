package dev.holdfast.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Callable;

/** A program that tries what a confined one must not, and writes a line for each attempt. */
final class ConfinedAttempts {
  private static final MethodHandle KILL = Linux.function("kill", Linux.INT, Linux.INT, Linux.INT);

  private ConfinedAttempts() {}

  /** With a file of its own, a secret one, a socket's path, a port, and another process' number. */
  public static void main(String[] words) throws Exception {
    Path own = Path.of(words[0]);
    Path secret = Path.of(words[1]);
    int port = Integer.parseInt(words[3]);
    int process = Integer.parseInt(words[4]);
    Path environment = Path.of("/proc/" + process + "/environ");
    Thread.ofVirtual()
        .start(() -> attempt("read in a virtual thread", () -> Files.readString(secret)))
        .join();
    attempt("read", () -> Files.readString(secret));
    attempt("list", () -> secret.resolveSibling(".").toFile().list());
    attempt("write", () -> Files.writeString(secret, "changed"));
    attempt("make", () -> Files.writeString(secret.resolveSibling("made"), ""));
    attempt("remove", () -> Files.deleteIfExists(secret));
    attempt(
        "mode",
        () -> Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx")));
    attempt("tcp", () -> connect(port));
    attempt("socket", () -> SocketChannel.open(UnixDomainSocketAddress.of(words[2])));
    attempt("udp", () -> DatagramChannel.open(StandardProtocolFamily.INET));
    attempt("another's environment", () -> Files.readString(environment));
    attempt("signal", () -> signal(process));
    attempt("own", () -> Files.writeString(own, "mine"));
    try (ConfinedProcess.Inside inside = ConfinedProcess.Inside.take()) {
      attempt("program", () -> new ProcessBuilder(java(), "--version").start().waitFor());
      echo(inside.told());
    }
  }

  private static String java() {
    return System.getProperty("java.home") + "/bin/java";
  }

  private static Object connect(int port) throws IOException {
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static Object signal(int process) throws IOException {
    return Linux.call("kill", state -> (int) KILL.invokeExact(state, process, 0));
  }

  /** A connection that it is given works all the same. */
  private static void echo(DescriptorSocket from) throws IOException {
    try (DescriptorSocket.Message message = from.receive(Duration.ofSeconds(20)).orElseThrow();
        Duplex stream = SocketPair.stream(message.descriptors().getFirst())) {
      ByteBuffer bytes = ByteBuffer.allocate(100);
      stream.read(bytes);
      stream.write(bytes.flip());
    }
  }

  private static void attempt(String name, Callable<?> what) {
    String found;
    try {
      found = what.call() == null ? "refused" : "done";
    } catch (Exception | LinkageError e) {
      found = "refused";
    }
    byte[] line = (name + ": " + found + "\n").getBytes(UTF_8);
    System.out.write(line, 0, line.length);
    System.out.flush();
  }
}
