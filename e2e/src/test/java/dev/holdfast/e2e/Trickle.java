package dev.holdfast.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A session whose far end sends back what it is told, which is a little in each fifth of a second
 * until it is finished; and how long each byte was under way. Thread-safe.
 */
final class Trickle implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(200);
  private static final Duration GONE = Duration.ofMinutes(2);
  private static final Duration LISTENING = Duration.ofSeconds(60);

  /** Below those that the kernel gives to connections; nobody else listens where the users are. */
  private static final int FIRST_PORT = 20_000;

  private static final String READY = "ready\n";
  private static final String LAST = ".";
  private static final String ECHO_LINES =
      "stty -echo -opost; echo ready; while read -r l && [ \"$l\" != "
          + LAST
          + " ]; do echo \"$l\";"
          + " done";

  /** What is done in a session. */
  enum Work {
    /** A shell at a terminal. */
    SHELL(1),
    /** A command and its two streams. */
    STREAM(1),
    /** The same with more in it. */
    COPY(128),
    /** A connection through a forwarded port. */
    FORWARD(8);

    private final int lines;

    Work(int lines) {
      this.lines = lines;
    }
  }

  /** Bytes up to an offset, and when they were sent. */
  private record Mark(long offset, long nanos) {}

  private final ClientKind kind;
  private final Work work;
  private final long seed;
  private final Path received;
  private final Program talker;
  private final @Nullable Program carrier;
  private final Thread writer = Thread.ofPlatform().daemon().name("trickle").unstarted(this::talk);
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long sent;
  private long worst;
  private long heardUpTo;
  private volatile boolean finishing;

  private Trickle(
      ClientKind kind,
      Work work,
      long seed,
      Path received,
      Program talker,
      @Nullable Program carrier) {
    this.kind = kind;
    this.work = work;
    this.seed = seed;
    this.received = received;
    this.talker = talker;
    this.carrier = carrier;
    this.heardUpTo = System.nanoTime();
    writer.start();
  }

  /** Begins one; the number tells through which proxy it jumps, and what is sent. */
  static Trickle start(WideCluster cluster, ClientKind kind, Work work, String node, int number) {
    Path received = Scratch.directory("trickle").resolve("received");
    Command client = cluster.client(kind, number);
    String host = node + ".demo";
    return switch (work) {
      case SHELL -> {
        Program shell = client.plus("-tt", host, ECHO_LINES).writing(received).start();
        yield new Trickle(kind, work, number, received, shell, null);
      }
      case STREAM, COPY -> {
        Program cat = client.plus(host, "cat").writing(received).start();
        yield new Trickle(kind, work, number, received, cat, null);
      }
      case FORWARD -> forward(cluster, client, kind, host, number, received);
    };
  }

  private static Trickle forward(
      WideCluster cluster, Command ssh, ClientKind kind, String host, int number, Path received) {
    int port = FIRST_PORT + number;
    String led = "127.0.0.1:%d:127.0.0.1:%d".formatted(port, NodeHomes.ECHO_PORT);
    Program carrier = ssh.plus("-N", "-o", "ExitOnForwardFailure=yes", "-L", led, host).start();
    Ports.awaitListening(carrier, port, LISTENING);
    Program talker =
        Command.of("socat", "-t", "60", "-", "TCP:127.0.0.1:" + port)
            .startedBy(cluster.atTheUser())
            .writing(received)
            .start();
    return new Trickle(kind, Work.FORWARD, number, received, talker, carrier);
  }

  // ---- what goes there ----

  private void talk() {
    Chatter chatter = new Chatter(seed);
    try {
      if (work == Work.SHELL) {
        Await.until("a prompt of " + talker, GONE, () -> Files.size(received) >= READY.length());
        sent = READY.length();
      }
      while (!finishing) {
        say(chatter.lines(work.lines));
        LockSupport.parkNanos(EVERY.toNanos());
      }
    } catch (UncheckedIOException | AssertionError e) {
      // It has ended, as who looks will see.
    }
  }

  private void say(String text) {
    synchronized (this) {
      sent += text.length();
      marks.add(new Mark(sent, System.nanoTime()));
    }
    talker.type(text);
  }

  // ---- what comes back ----

  /** Notes what has come. */
  synchronized void look() {
    long length = length();
    long now = System.nanoTime();
    while (!marks.isEmpty() && marks.peekFirst().offset() <= length) {
      long begun = marks.removeFirst().nanos();
      worst = Math.max(worst, now - begun);
      heardUpTo = begun;
    }
  }

  private long length() {
    try {
      return Files.size(received);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether something that was sent after that moment has come back. */
  synchronized boolean heardSince(long nanos) {
    return heardUpTo - nanos > 0;
  }

  /** The longest that a byte was under way since this was asked last. */
  synchronized Duration takeWorst() {
    Duration taken = Duration.ofNanos(worst);
    worst = 0;
    return taken;
  }

  ClientKind kind() {
    return kind;
  }

  Work work() {
    return work;
  }

  boolean alive() {
    return talker.alive() && (carrier == null || carrier.alive());
  }

  // ---- its end ----

  /** Says no more; waits for the last byte, and for a good end. */
  void finish() {
    finishing = true;
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while finishing " + this, e);
    }
    if (work == Work.SHELL) {
      talker.type(LAST + "\n");
    }
    talker.closeInput();
    talker.await(GONE).ok();
    assertThat(length()).as("what came back to %s", this).isEqualTo(sent);
    assertHeardRight();
  }

  /** Fails unless all that has come back is what was sent, as far as it goes. */
  void assertHeardRight() {
    Chatter chatter = new Chatter(seed);
    try (BufferedReader came = Files.newBufferedReader(received, US_ASCII)) {
      if (work == Work.SHELL && length() > 0) {
        assertThat(READY).startsWith(came.readLine());
      }
      for (String line = came.readLine(); line != null; line = came.readLine()) {
        // The last one may be cut where its session was.
        assertThat(chatter.line()).as("what came back to %s", this).startsWith(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How much has come back. */
  long heard() {
    return length();
  }

  @Override
  public String toString() {
    return kind + ", " + work + ": " + (carrier == null ? talker : carrier);
  }

  @Override
  public void close() {
    finishing = true;
    talker.close();
    if (carrier != null) {
      carrier.close();
    }
  }
}
