package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** TCP ports on loopback: free ones, and whether a program listens. */
final class Ports {
  private static final Duration STARTED = Duration.ofSeconds(20);
  private static final String LISTENING = "0A";

  private Ports() {}

  /** An address on loopback where nobody listens just now. */
  static InetSocketAddress free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until somebody listens at the port in the program's network namespace. It looks into
   * /proc, since a trial connection would be one more line in the log under test.
   */
  static void awaitListening(Program program, int port) {
    awaitListening(program, port, STARTED);
  }

  /** The same with another deadline. */
  static void awaitListening(Program program, int port, Duration deadline) {
    Await.until(
        () -> "somebody to listen at port " + port + ": " + program,
        deadline,
        () -> {
          if (!program.alive()) {
            throw new AssertionError("it ended: " + program);
          }
          return isListening(program.pid(), port);
        });
  }

  private static boolean isListening(long pid, int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> lines(Path.of("/proc/" + pid + "/net/" + table)).stream())
        .map(line -> line.strip().split("\\s+", -1))
        .anyMatch(fields -> fields[1].endsWith(suffix) && fields[3].equals(LISTENING));
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table);
    } catch (IOException e) {
      return List.of(); // The process has just ended.
    }
  }

  /** The form {@code host:port} that commands take. */
  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
