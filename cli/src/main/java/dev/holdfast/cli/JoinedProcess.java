package dev.holdfast.cli;

import dev.holdfast.browser.Clusters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A live session that a page has joined, by a {@code holdfast ssh} of its own: what that writes is
 * what the page's terminal shows. Thread-safe.
 */
final class JoinedProcess implements Clusters.Guest {
  /** Portions of output that wait for the browser; with more, the session's node sees it lag. */
  private static final int MOST_WAITING = 16;

  private static final int PORTION = 16 * 1024;

  /** Bytes of what the process says of itself that are kept. */
  private static final int MOST_SAID = 4096;

  private static final long LOOK_MILLIS = 500;

  /** Looks without output before the browser is told nothing, which shows whether it is there. */
  private static final int QUIET_LOOKS = 4;

  /** Those that go on, which none does without us. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroy), "joined-sessions"));
  }

  /** The status with which a node refuses or ends something, and says why. */
  private static final int ENDED_BY_NODE = 254;

  /** What comes behind the last portion. */
  private static final byte[] END = new byte[0];

  private final Process process;
  private final OutputStream keys;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread errors;
  private volatile String said = "";
  private volatile boolean closed;

  private JoinedProcess(Process process) {
    this.process = process;
    keys = process.getOutputStream();
    errors = Thread.ofVirtual().name("joined-session-errors").unstarted(this::readErrors);
  }

  /** Starts one with these words. */
  static JoinedProcess start(List<String> words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("TERM", "xterm-256color");
    Process process = builder.start();
    RUNNING.add(process);
    JoinedProcess it = new JoinedProcess(process);
    Thread.ofVirtual().name("joined-session-output").start(it::readOutput);
    it.errors.start();
    return it;
  }

  private void readOutput() {
    try {
      byte[] portion = new byte[PORTION];
      InputStream output = process.getInputStream();
      int count = output.read(portion);
      while (count >= 0) {
        put(Arrays.copyOf(portion, count));
        count = output.read(portion);
      }
      put(END);
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(byte[] shown) throws InterruptedException {
    boolean taken = false;
    while (!taken && !closed) {
      taken = waiting.offer(shown, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void readErrors() {
    try (InputStream stream = process.getErrorStream()) {
      said = new String(stream.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      process.destroy();
    }
  }

  @Override
  public void watch(Clusters.Listener listener) throws IOException, InterruptedException {
    int quiet = 0;
    boolean more = true;
    while (more) {
      byte[] shown = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (shown == null) {
        quiet++;
        if (quiet % QUIET_LOOKS == 0) {
          listener.line("");
        }
        more = process.isAlive() || !waiting.isEmpty();
      } else {
        more = shown.length > 0;
        listener.line(Base64.getEncoder().encodeToString(shown));
      }
    }
    tellWhy(process.waitFor());
  }

  private void tellWhy(int status) throws IOException, InterruptedException {
    if (closed) {
      return;
    }
    if (status == Failures.FAILED) {
      errors.join(TimeUnit.SECONDS.toMillis(1));
      throw new IOException(said.isBlank() ? "The connection has ended." : lastLine());
    }
    if (status == ENDED_BY_NODE) {
      throw new IOException("The server ended it; the last line below says why.");
    }
  }

  private String lastLine() {
    return said.strip().lines().reduce("", (_, line) -> line);
  }

  @Override
  public void type(byte[] typed) throws IOException {
    synchronized (keys) {
      keys.write(typed);
      keys.flush();
    }
  }

  /** The session is left, as by a signal to any {@code holdfast ssh}. */
  @Override
  public void close() {
    closed = true;
    process.destroy();
    RUNNING.remove(process);
  }
}
