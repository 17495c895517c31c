package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ClientEnd.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that runs on another server: virtual threads copy, one for each way and one for what
 * the client says besides. What is under way is bounded by the windows of both channels.
 * Thread-safe.
 */
final class BridgedSession implements ServedSession {
  /** What a client says besides its input, and the other server has not taken; more is dropped. */
  static final int MOST_WAITING = 256;

  /** For a program to end whose output has; then the client is told that no more comes. */
  private static final Duration ENDS = Duration.ofMillis(300);

  private static final int COPY_BYTES = 32 * 1024;

  private static final Logger log = LoggerFactory.getLogger(BridgedSession.class);

  private final Bridge bridge;
  private final SessionPlan plan;
  private final ClientEnd client;
  private final ChannelInput stdin;
  private final ProgramOutput output;
  private final BlockingQueue<Step> steps = new ArrayBlockingQueue<>(MOST_WAITING);
  private volatile boolean inputEnded;
  private volatile boolean gone;
  private volatile @Nullable RemoteCommand running;

  /** Something that the client says. */
  private interface Step {
    void tell(RemoteCommand command) throws IOException;
  }

  BridgedSession(Bridge bridge, SessionPlan plan, ClientEnd client) {
    this.bridge = bridge;
    this.plan = plan;
    this.client = client;
    stdin = new ChannelInput(client::consumed);
    output = new ProgramOutput(client);
  }

  @Override
  public void begin() {
    Thread.ofVirtual().name("bridge").start(() -> client.exit(run()));
  }

  private Ending run() {
    try (RemoteCommand command = bridge.server().start(plan)) {
      running = command;
      return gone ? new Ending.Silent() : run(command);
    } catch (IOException e) {
      log.debug("a session at the server behind: {}", e.getMessage());
      say("The server behind this one ended the session: " + e.getMessage());
      return new Ending.Status(ProgramSession.FAILED);
    } catch (InterruptedException e) {
      return new Ending.Status(ProgramSession.FAILED);
    }
  }

  private Ending run(RemoteCommand command) throws IOException, InterruptedException {
    start("bridge-in", () -> copyInput(command));
    Thread told = start("bridge-tell", () -> tell(command));
    Thread errors = start("bridge-err", () -> copy(command.stderr(), Output.STDERR));
    try {
      copy(command.stdout(), Output.STDOUT);
      errors.join();
      if (!command.awaitFor(ENDS)) {
        client.end();
      }
      return ending(command.await());
    } finally {
      told.interrupt();
    }
  }

  private Ending ending(Exit exit) {
    return switch (exit) {
      case Exit.Status(int status) -> new Ending.Status(status);
      case Exit.Signal(String name) -> new Ending.Signal(name, false, "");
      case Exit.Refused _ -> {
        say("The server behind this one does not run that.");
        yield new Ending.Status(ProgramSession.FAILED);
      }
      case Exit.Unknown _ -> new Ending.Silent();
    };
  }

  private void say(String sentence) {
    boolean terminal = plan.pty().isPresent();
    byte[] text = (sentence + (terminal ? "\r\n" : "\n")).getBytes(UTF_8);
    try {
      output.stream(terminal ? Output.STDOUT : Output.STDERR).write(text);
    } catch (IOException e) {
      log.debug("nobody is there to be told: {}", e.getMessage());
    }
  }

  // ---- copying ----

  private interface Copy {
    void run() throws IOException, InterruptedException;
  }

  private static Thread start(String name, Copy copy) {
    return Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            copy.run();
          } catch (IOException | InterruptedException e) {
            log.debug("a way of a session ends: {}", e.getMessage());
          }
        });
  }

  private void copy(InputStream from, Output way) throws IOException {
    OutputStream to = output.stream(way);
    byte[] bytes = new byte[COPY_BYTES];
    for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
      to.write(bytes, 0, count);
    }
  }

  private void copyInput(RemoteCommand command) throws IOException {
    OutputStream to = command.stdin();
    byte[] bytes = new byte[COPY_BYTES];
    for (int count = stdin.read(bytes); count >= 0; count = stdin.read(bytes)) {
      to.write(bytes, 0, count);
      if (stdin.available() == 0) {
        to.flush();
      }
    }
    to.close();
  }

  private void tell(RemoteCommand command) throws IOException, InterruptedException {
    while (!gone) {
      steps.take().tell(command);
    }
  }

  private void add(Step step) {
    if (!steps.offer(step)) {
      log.debug("the server behind takes nothing");
    }
  }

  // ---- what the client does ----

  @Override
  public int input(byte[] bytes, int offset, int length) {
    stdin.receive(bytes, offset, length);
    return 0;
  }

  @Override
  public void inputEnded() {
    inputEnded = true;
    stdin.end();
  }

  @Override
  public void resize(WindowSize size) {
    add(command -> command.resize(size));
  }

  @Override
  public void signal(String name) {
    add(command -> command.signal(name));
  }

  @Override
  public boolean sendBreak(Duration length) {
    add(command -> command.sendBreak(length));
    return plan.pty().isPresent();
  }

  @Override
  public void writable() {
    output.writable();
  }

  @Override
  public void closed() {
    gone = true;
    output.close();
    if (!inputEnded) {
      stdin.fail(new IOException("The client has gone."));
    }
    RemoteCommand command = running;
    if (command != null) {
      command.close();
    }
  }
}
