package dev.holdfast.ssh;

import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ClientEnd.Output;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Program} as a session: on a virtual thread, from the channel's beginning to its end. */
final class ProgramSession implements ServedSession {
  /** What the client gets when the program failed: ssh's own status for errors. */
  static final int FAILED = 255;

  private static final int BUFFER = 32 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ProgramSession.class);

  private final Program program;
  private final ClientEnd client;
  private final ChannelInput stdin;
  private final ProgramOutput output;
  private final Program.Call call;
  private volatile boolean ended;
  private volatile @Nullable Thread thread;

  ProgramSession(Program program, SessionStart start, ClientEnd client) {
    this.program = program;
    this.client = client;
    stdin = new ChannelInput(client::consumed);
    output = new ProgramOutput(client);
    call =
        new Program.Call(
            start.login(),
            start.variables(),
            stdin,
            buffered(Output.STDOUT),
            buffered(Output.STDERR));
  }

  private OutputStream buffered(Output way) {
    return new BufferedOutputStream(output.stream(way), BUFFER);
  }

  @Override
  public void begin() {
    thread = Thread.ofVirtual().name("ssh-program").start(() -> client.exit(run()));
  }

  private Ending run() {
    try {
      int status = program.run(call);
      call.stdout().flush();
      call.stderr().flush();
      return new Ending.Status(status);
    } catch (InterruptedException e) {
      return new Ending.Status(FAILED);
    } catch (IOException | RuntimeException e) {
      log.debug("program of {} failed", call.login().user(), e);
      return new Ending.Status(FAILED);
    }
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    stdin.receive(bytes, offset, length);
    return 0;
  }

  @Override
  public void inputEnded() {
    ended = true;
    stdin.end();
  }

  @Override
  public void resize(WindowSize size) {}

  @Override
  public void signal(String name) {}

  @Override
  public boolean sendBreak(Duration length) {
    return false;
  }

  @Override
  public void writable() {
    output.writable();
  }

  @Override
  public void closed() {
    output.close();
    if (!ended) {
      stdin.fail(new IOException("The client has gone."));
    }
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
