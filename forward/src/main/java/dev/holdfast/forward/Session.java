package dev.holdfast.forward;

import dev.holdfast.ssh.DirectStream;
import dev.holdfast.ssh.ForwardTarget;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** An SSH session with a server, logged in; an edge. Thread-safe. */
interface Session {
  /**
   * Has the server connect. Begun in the calling thread: those begun later are connected later.
   *
   * @return fails with an IOException; completed on the thread that reads, which must not block
   */
  CompletableFuture<? extends DirectStream> open(FarAddress to);

  /**
   * Runs a command to its end and returns what it wrote. Blocks.
   *
   * @param most bytes that are returned; what comes behind them is dropped
   */
  byte[] exec(String command, byte[] input, int most) throws IOException;

  /** Asks whether the server is there; {@code answered} must not block. */
  void ask(Runnable answered) throws IOException;

  /** Has the server listen on a port and lead to {@code target} what connects there. */
  OptionalInt listen(String address, int port, ForwardTarget target) throws IOException;

  /** The same of a Unix-domain socket; false if it does not. */
  boolean listen(String path, ForwardTarget target) throws IOException;

  /** Ends such listening. */
  void stopListening(String address, int port) throws IOException;

  /** Ends such listening. */
  void stopListening(String path) throws IOException;

  /** When bytes came last, by {@link System#nanoTime}. */
  long heardNanos();

  /** Whether it goes on when the link below is lost. */
  boolean outlivesLinks();

  /** Whether it sends small packets at once only after a program ran in it. */
  boolean needsPriming();

  boolean isOver();

  /** Has {@code listener} run when it is over, at once if it is; must not block. */
  void whenOver(Runnable listener);

  /** Ends it, without waiting. */
  void close();
}
