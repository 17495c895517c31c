package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * The client process: does what lines on its standard input say, and answers each with one line.
 *
 * <pre>
 *   open SLOT PORT      connect; further lines name the connection by its slot
 *   close SLOT
 *   check SLOT BYTES    random bytes through the echo, compared
 *   up SLOT BYTES       -> nanoseconds; likewise "down" and "both"
 *   trips SLOT COUNT    -> p50 p99 max of the 1-byte round trips, nanoseconds
 *   ticks SLOT COUNT    -> start and end of each pause of a steady stream, as nanoTime()
 *   key SLOT            -> when a key was typed, and when its echo came
 *   hold PORT COUNT     open so many more connections and keep them idle, -> how many there are
 *   busy COUNT BYTES    exchange bytes on so many of the held ones at the same time
 *   drop                close the held ones
 * </pre>
 *
 * <p>The answer is {@code ok} and what is named above, or {@code failed} and a sentence. {@link
 * System#nanoTime} is the machine's monotonic clock on Linux, so instants of two processes compare.
 * Its arguments name the {@link Dialer}. Ends when its standard input does.
 */
final class Client {
  private static final long[] NOTHING = {};

  private final Dialer dialer;
  private final Map<Integer, Pipe> slots = new HashMap<>();
  private final List<Pipe> held = new ArrayList<>();

  Client(Dialer dialer) {
    this.dialer = dialer;
  }

  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    var client = new Client(Dialer.named(args));
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      answers.println(client.answer(line));
      answers.flush();
    }
    System.exit(0);
  }

  /** Does what the line says and returns the answer. */
  String answer(String line) {
    String[] words = line.split(" ", -1);
    try {
      long[] numbers = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
      return Arrays.stream(obey(words[0], numbers))
          .mapToObj(Long::toString)
          .collect(Collectors.joining(" ", "ok ", ""))
          .strip();
    } catch (IOException | RuntimeException e) {
      return "failed " + line + ": " + e;
    }
  }

  private long[] obey(String verb, long[] numbers) throws IOException {
    return switch (verb) {
      case "open" -> open((int) numbers[0], (int) numbers[1]);
      case "close" -> close((int) numbers[0]);
      case "hold" -> hold((int) numbers[0], (int) numbers[1]);
      case "busy" -> busy((int) numbers[0], numbers[1]);
      case "drop" -> drop();
      default -> load(verb, pipe((int) numbers[0]), numbers);
    };
  }

  private static long[] load(String verb, Pipe pipe, long[] numbers) throws IOException {
    return switch (verb) {
      case "check" -> {
        Load.check(pipe, (int) numbers[1]);
        yield NOTHING;
      }
      case "up" -> new long[] {Load.up(pipe, numbers[1])};
      case "down" -> new long[] {Load.down(pipe, numbers[1])};
      case "both" -> new long[] {Load.both(pipe, numbers[1])};
      case "trips" -> Load.trips(pipe, (int) numbers[1]);
      case "ticks" -> Load.ticks(pipe, numbers[1]);
      case "key" -> Load.key(pipe);
      default -> throw new IllegalArgumentException("no such order");
    };
  }

  private Pipe pipe(int slot) {
    Pipe pipe = slots.get(slot);
    if (pipe == null) {
      throw new IllegalArgumentException("slot " + slot + " is not open");
    }
    return pipe;
  }

  private long[] open(int slot, int port) throws IOException {
    slots.put(slot, open(port));
    return NOTHING;
  }

  private Pipe open(int port) throws IOException {
    return dialer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private long[] close(int slot) throws IOException {
    pipe(slot).close();
    slots.remove(slot);
    return NOTHING;
  }

  /** Each held connection has carried a byte both ways, so it is a connection to the far end. */
  private long[] hold(int port, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Pipe pipe = open(port);
      held.add(pipe);
      Load.key(pipe);
    }
    return new long[] {held.size()};
  }

  private long[] busy(int count, long bytes) throws IOException {
    var threads = new ArrayList<FutureTask<Long>>();
    for (Pipe pipe : held.subList(0, count)) {
      var task = new FutureTask<>(() -> Load.both(pipe, bytes));
      threads.add(task);
      Thread.ofPlatform().start(task);
    }
    for (FutureTask<Long> task : threads) {
      Transfer.outcome(task);
    }
    return NOTHING;
  }

  private long[] drop() throws IOException {
    for (Pipe pipe : held) {
      pipe.close();
    }
    held.clear();
    return NOTHING;
  }
}
