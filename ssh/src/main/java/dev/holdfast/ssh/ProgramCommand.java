package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Program} as MINA runs it: on a virtual thread, from the channel's start to its end. */
final class ProgramCommand implements Command {
  /** What the client gets when the program failed: ssh's own status for errors. */
  static final int FAILED = 255;

  private static final Logger log = LoggerFactory.getLogger(ProgramCommand.class);

  private final Program program;
  private final Login login;
  private final InputStream stdin;
  private final Map<String, String> environment;
  private @Nullable OutputStream stdout;
  private @Nullable OutputStream stderr;
  private @Nullable ExitCallback exit;
  private @Nullable Thread thread;

  ProgramCommand(Program program, Login login, InputStream stdin, Map<String, String> environment) {
    this.program = program;
    this.login = login;
    this.stdin = stdin;
    this.environment = environment;
  }

  @Override
  public void start(ChannelSession channel, Environment env) {
    Program.Call call =
        new Program.Call(
            login,
            environment,
            stdin,
            Objects.requireNonNull(stdout),
            Objects.requireNonNull(stderr));
    ExitCallback exit = Objects.requireNonNull(this.exit);
    thread = Thread.ofVirtual().name("ssh-program").start(() -> exit.onExit(run(call)));
  }

  private int run(Program.Call call) {
    try {
      int status = program.run(call);
      call.stdout().flush();
      call.stderr().flush();
      return status;
    } catch (InterruptedException e) {
      return FAILED;
    } catch (IOException | RuntimeException e) {
      log.debug("program of {} failed", login.user(), e);
      return FAILED;
    }
  }

  @Override
  public void destroy(ChannelSession channel) {
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Not called: the channel's data go to the {@link ChannelInput} given to the constructor. */
  @Override
  public void setInputStream(InputStream in) {
    throw new IllegalStateException("the channel has a data receiver");
  }

  @Override
  public void setOutputStream(OutputStream out) {
    stdout = out;
  }

  @Override
  public void setErrorStream(OutputStream err) {
    stderr = err;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }
}
