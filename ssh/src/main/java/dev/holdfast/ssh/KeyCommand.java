package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program that is asked for an account's keys (sshd_config(5), AuthorizedKeysCommand). */
record KeyCommand(ServerSettings settings, Machine machine) {
  /** How long it may take, from its start to its end. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int OTHERS_WRITE = 0022;

  /** What it writes about {@code user} and the key that was shown. */
  byte[] run(User user, SshPublicKey shown) throws IOException, MalformedKeyException {
    List<String> program = settings.get(ServerOption.AUTHORIZED_KEYS_COMMAND);
    checkOwner(Path.of(program.getFirst()).toRealPath());
    String name = settings.get(ServerOption.AUTHORIZED_KEYS_COMMAND_USER).orElseThrow();
    User runner =
        machine
            .users()
            .find(name)
            .orElseThrow(() -> new IOException("there is no user AuthorizedKeysCommandUser"));
    List<String> line = machine.rights().command(runner, expand(program, user, shown));
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    environment.put("HOME", runner.home());
    environment.put("USER", runner.name());
    environment.put("LOGNAME", runner.name());
    builder.directory(Path.of("/").toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
    return output(builder.start());
  }

  /** Without arguments of its own it gets the user's name. */
  private static List<String> expand(List<String> program, User user, SshPublicKey shown)
      throws MalformedKeyException {
    Tokens tokens = Tokens.of(user, shown);
    List<String> line = new ArrayList<>();
    line.add(program.getFirst());
    if (program.size() == 1) {
      line.add(user.name());
    }
    for (String argument : program.subList(1, program.size())) {
      line.add(tokens.expand(argument));
    }
    return line;
  }

  private static byte[] output(Process process) throws IOException {
    Thread.ofVirtual().name("keys-command-patience").start(() -> endInTime(process));
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      byte[] bytes = out.readNBytes(UserFile.MOST_BYTES + 1);
      if (bytes.length > UserFile.MOST_BYTES) {
        throw new IOException("it writes more than " + UserFile.MOST_BYTES + " bytes");
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("it ended with status " + status);
      }
      return bytes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it ran");
    } finally {
      process.destroyForcibly();
    }
  }

  private static void endInTime(Process process) {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nobody but root, or who runs the server, may have written the program or its directories. */
  private static void checkOwner(Path program) throws IOException {
    int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    for (Path path = program; path != null; path = path.getParent()) {
      int owner = (int) Files.getAttribute(path, "unix:uid");
      int mode = (int) Files.getAttribute(path, "unix:mode");
      if ((owner != 0 && owner != self) || (mode & OTHERS_WRITE) != 0) {
        throw new IOException("others than root may write to the program or above it");
      }
    }
  }
}
