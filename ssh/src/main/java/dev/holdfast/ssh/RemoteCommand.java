package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs on the server.
 *
 * <p>What it writes counts against the channel's window until it is read here, so both outputs have
 * to be read, or the command stands still. Thread-safe for one user of each stream.
 */
public final class RemoteCommand implements AutoCloseable {
  /** As ssh's ~B sends it (clientloop.c). */
  private static final int USUAL_BREAK_MILLIS = 1000;

  private final ProgramChannel channel;
  private final CountDownLatch closed = new CountDownLatch(1);

  RemoteCommand(ProgramChannel channel) {
    this.channel = channel;
    channel.addCloseFutureListener(future -> closed.countDown());
  }

  /**
   * The command's input; buffered until it is flushed; closing it is the command's end of input.
   */
  public OutputStream stdin() {
    return channel.getInvertedIn();
  }

  /** The command's output; a read fails if the connection ended before the command did. */
  public InputStream stdout() {
    return channel.stdout();
  }

  /** The command's error output, likewise. */
  public InputStream stderr() {
    return channel.stderr();
  }

  /** Tells the command's terminal its size. */
  public void resize(WindowSize size) throws IOException {
    channel.resize(size);
  }

  /**
   * Sends the command a signal.
   *
   * @param name without SIG
   */
  public void signal(String name) throws IOException {
    channel.signal(name);
  }

  /** Sends the command's terminal a break of usual length. */
  public void sendBreak() throws IOException {
    channel.sendBreak(USUAL_BREAK_MILLIS);
  }

  /** Sends the command's terminal a break of that length. */
  public void sendBreak(Duration length) throws IOException {
    channel.sendBreak(Math.clamp(length.toMillis(), 0, Integer.MAX_VALUE));
  }

  /** Waits for a while until the command has ended; false if it has not. */
  public boolean awaitFor(Duration within) throws InterruptedException {
    return closed.await(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the server gave no pty although one was asked for; certain once output comes. */
  public boolean isPtyRefused() {
    return channel.isPtyRefused();
  }

  /** Waits until the command has ended and says how. */
  public Exit await() throws InterruptedException {
    closed.await();
    Integer status = channel.getExitStatus();
    String signal = channel.getExitSignal();
    if (status != null) {
      return new Exit.Status(status);
    } else if (signal != null) {
      return new Exit.Signal(signal);
    }
    return channel.isRefused() ? new Exit.Refused() : new Exit.Unknown();
  }

  /** Gives the command up, if it has not ended. */
  @Override
  public void close() {
    channel.close(false);
  }
}
