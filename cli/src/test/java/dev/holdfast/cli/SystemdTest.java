package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gate under what stands for systemd: a script that hands it a socket and hears its notices. */
@Timeout(120)
final class SystemdTest {
  @TempDir private Path directory;

  @Test
  void servesSystemdsSocketAndTellsItWhoTookOver() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs python3");
    try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      List<String> gate = gate(server.getLocalPort());
      Process systemd = start(gate);
      try (BufferedReader says = systemd.inputReader(UTF_8)) {
        int port = Integer.parseInt(await(says, "port "));
        String first = await(says, "main ");
        assertThat(await(says, "notice READY=")).isEqualTo("1");
        assertThat(await(says, "notice STATUS=")).isEqualTo("serving at 127.0.0.1:" + port);
        try (Socket client = connect(port);
            Socket behind = server.accept()) {
          tell(systemd, "start " + String.join(" ", gate) + " --take-over");
          String second = await(says, "started ");
          assertThat(await(says, "notice MAINPID=")).isEqualTo(second).isNotEqualTo(first);
          awaitGone(Long.parseLong(first));
          behind.getOutputStream().write(42);
          assertThat(client.getInputStream().read()).isEqualTo(42);
          connect(port).close();
          systemd.getOutputStream().close();
          assertThat(await(says, "notice STOPPING=")).isEqualTo("1");
        }
      } finally {
        systemd.destroy();
      }
    }
  }

  private Process start(List<String> gate) throws IOException {
    Path script = directory.resolve("systemd.py");
    try (InputStream text = SystemdTest.class.getResourceAsStream("systemd.py")) {
      Files.copy(Objects.requireNonNull(text), script);
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/usr/bin/python3", script.toString(), directory.toString()));
    command.addAll(gate);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private List<String> gate(int server) {
    List<String> command = new ArrayList<>(HoldfastProcess.command());
    command.addAll(List.of("gate", "--quiet", "--name", "x", "--to", "127.0.0.1:" + server));
    command.addAll(List.of("--state-dir", directory.resolve("state").toString()));
    return command;
  }

  private static void tell(Process systemd, String line) throws IOException {
    systemd.getOutputStream().write((line + "\n").getBytes(UTF_8));
    systemd.getOutputStream().flush();
  }

  private static void awaitGone(long process) throws Exception {
    Optional<ProcessHandle> it = ProcessHandle.of(process);
    if (it.isPresent()) {
      it.get().onExit().get(30, TimeUnit.SECONDS);
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write("GET / ".getBytes(UTF_8));
    return socket;
  }

  /** What follows {@code prefix} in the next line that begins so. */
  private static String await(BufferedReader says, String prefix) throws IOException {
    for (String line = says.readLine(); line != null; line = says.readLine()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new AssertionError("ended without '" + prefix + "'");
  }
}
