package dev.holdfast.cli;

import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Program;
import dev.holdfast.ssh.Programs;
import dev.holdfast.ssh.SessionRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs commands in the shell of the user who runs this, without a terminal. */
final class OwnShell implements Programs {
  private static final int BUFFER = 64 * 1024;

  @Override
  public @Nullable Program find(Login login, SessionRequest request) {
    String shell = System.getenv().getOrDefault("SHELL", "/bin/sh");
    return switch (request) {
      case SessionRequest.Exec(String command) -> call -> run(call, shell, "-c", command);
      case SessionRequest.Shell it -> call -> run(call, shell, "-l");
      case SessionRequest.Subsystem it -> null;
    };
  }

  private static int run(Program.Call call, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).start();
    try {
      Thread in = carry(call.stdin(), process.getOutputStream());
      Thread err = carry(process.getErrorStream(), call.stderr());
      Thread out = carry(process.getInputStream(), call.stdout());
      out.join();
      err.join();
      int status = process.waitFor();
      in.interrupt();
      return status > 128 ? 255 : status;
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private static Thread carry(InputStream from, OutputStream to) {
    return Thread.ofVirtual()
        .start(() -> {
          byte[] bytes = new byte[BUFFER];
          try {
            for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
              to.write(bytes, 0, count);
              to.flush();
            }
            to.close();
          } catch (IOException e) {
            // One of the two has ended, which the other's end tells.
          }
        });
  }
}
