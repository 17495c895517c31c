package dev.holdfast.link;

import dev.holdfast.stream.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The living processes of one service that took over from one another. The newest has the port;
 * each keeps the streams that it opened until they end. A client that comes back where its stream
 * is not is passed to the process that has it, with the bytes that it said already. They find each
 * other by socket files in a directory that only their user may enter, and see whom they talk to.
 *
 * <p>Thread-safe. Linux only.
 */
public final class Generations implements Closeable {
  /** Clients that may wait to be passed on; more are sent away, to try again. */
  static final int MOST_WAITING = 1024;

  /** Processes that may ask this one at a time. */
  static final int MOST_ASKERS = 128;

  /** Longest name by which clients of resume v1 know a server. */
  private static final int MOST_HOST_ID = 64;

  /** Threads beside those of the askers. */
  private static final int OWN_THREADS = 2;

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long REST_MILLIS = 500;

  /** How long somebody waits for what the others say of a stream. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Time for the threads to end. */
  private static final Duration END = Duration.ofSeconds(5);

  private final Path directory;
  private final Pattern names;
  private final String hostId;
  private final DescriptorListener listener;
  private final BlockingQueue<Wish> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Map<Path, Generation> others = new HashMap<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Generations(Path directory, Pattern names, String hostId, DescriptorListener listener) {
    this.directory = directory;
    this.names = names;
    this.hostId = hostId;
    this.listener = listener;
  }

  /**
   * Joins the processes of {@code service} that meet in {@code directory}. Nothing is asked or
   * answered until a gate was started with it.
   *
   * @param service letters, digits and dashes
   */
  public static Generations open(Path directory, String service) throws IOException {
    long process = ProcessHandle.current().pid();
    String name = "%s.%d-%d.sock".formatted(service, process, NUMBER.incrementAndGet());
    Path where = directory.toAbsolutePath();
    Pattern names = Pattern.compile(Pattern.quote(service) + "\\.(\\d{1,10})-\\d{1,10}\\.sock");
    DescriptorListener listener = DescriptorListener.open(where.resolve(name));
    try {
      return new Generations(where, names, hostId(where.resolve(service + ".id")), listener);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  /** The name by which clients of resume v1 know all of them for one server, now and later. */
  String hostId() {
    return hostId;
  }

  private static String hostId(Path file) throws IOException {
    if (!Files.exists(file)) { // Else it has been decided.
      WholeFile.create(file, UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
    }
    String id = Files.size(file) <= MOST_HOST_ID ? Files.readString(file).strip() : "";
    if (!id.matches("[A-Za-z0-9-]{1," + MOST_HOST_ID + "}")) {
      throw new IOException("%s is damaged; remove it, and start again.".formatted(file));
    }
    return id;
  }

  /** What passes clients on and takes them. */
  interface Keeper {
    /** Whether the stream is kept here. */
    boolean has(StreamId id);

    /** A client of a stream kept here has come back. */
    void cameBack(SocketChannel client, PassMessage.Comeback comeback) throws IOException;

    /** The client has gone to another process. */
    void passed(Comer comer, int process);

    /** Nobody has the stream. */
    void unknown(Comer comer);

    /** Somebody may have the stream, and could not be asked. */
    void unclear(Comer comer);
  }

  /** Begins. */
  void serve(Keeper keeper) {
    start("pass-on", () -> passOn(keeper));
    start("taken-in", () -> accept(keeper));
  }

  private void start(String name, Runnable task) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .unstarted(() -> {
              task.run();
              threads.remove(Thread.currentThread());
            });
    threads.add(thread);
    thread.start();
  }

  /** What the others are asked for. */
  private sealed interface Wish {
    /** To keep a client's stream, and then to take him. */
    record Passage(Comer comer) implements Wish {}

    /** Only whether they keep a stream. */
    record Question(StreamId id, CompletableFuture<Kept> answer) implements Wish {}
  }

  /** Looks for the process of this client's stream; false if too many wait for that already. */
  boolean pass(Comer comer) {
    return !closed && waiting.offer(new Wish.Passage(comer));
  }

  /** Asks the others for a stream, and waits for what they say. */
  Kept ask(StreamId id) {
    CompletableFuture<Kept> answer = new CompletableFuture<>();
    if (closed || !waiting.offer(new Wish.Question(id, answer))) {
      return Kept.UNCLEAR;
    }
    try {
      return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Kept.UNCLEAR;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Kept.UNCLEAR;
    }
  }

  // ---- clients of others ----

  private void passOn(Keeper keeper) {
    try {
      while (!closed) {
        switch (waiting.take()) {
          case Wish.Passage(Comer comer) -> passOn(keeper, comer);
          case Wish.Question(StreamId id, CompletableFuture<Kept> answer) ->
              answer.complete(find(id).kept());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      others.values().forEach(Generation::close);
      waiting.forEach(Generations::giveUp);
    }
  }

  private static void giveUp(Wish wish) {
    switch (wish) {
      case Wish.Passage(Comer comer) -> Loop.closeQuietly(comer.client());
      case Wish.Question(StreamId _, CompletableFuture<Kept> answer) ->
          answer.complete(Kept.UNCLEAR);
    }
  }

  private void passOn(Keeper keeper, Comer comer) {
    Found found = find(comer.id());
    switch (found.kept()) {
      case YES -> give(keeper, comer, Objects.requireNonNull(found.by()));
      case UNCLEAR -> keeper.unclear(comer);
      case NO -> keeper.unknown(comer);
    }
  }

  /** Whether one of the others keeps a stream, and which. */
  private record Found(Kept kept, @Nullable Generation by) {}

  private Found find(StreamId id) {
    Kept otherwise = Kept.NO;
    for (Generation other : others()) {
      switch (other.ask(id)) {
        case MINE -> {
          return new Found(Kept.YES, other);
        }
        case UNCLEAR -> otherwise = Kept.UNCLEAR;
        case NOT_MINE, DEAD -> {}
      }
    }
    return new Found(otherwise, null);
  }

  /** If it fails, the other may have it or not: the client has to come again. */
  private static void give(Keeper keeper, Comer comer, Generation other) {
    try {
      int process = other.process();
      other.give(comer);
      keeper.passed(comer, process);
    } catch (IOException e) {
      // Told by closing.
    }
    Loop.closeQuietly(comer.client());
  }

  /** Those that are there now; looked up each time, as any may have come or gone. */
  private List<Generation> others() {
    Map<Path, Generation> found = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.sock")) {
      for (Path file : files) {
        Matcher name = names.matcher(String.valueOf(file.getFileName()));
        if (!file.equals(listener.path()) && name.matches() && isAlive(file, name.group(1))) {
          Generation known = others.remove(file);
          found.put(file, known == null ? new Generation(file) : known);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.copyOf(others.values());
    }
    others.values().forEach(Generation::close);
    others.clear();
    others.putAll(found);
    return List.copyOf(found.values());
  }

  /** What a process that was killed left behind is removed. */
  private static boolean isAlive(Path file, String process) {
    if (ProcessHandle.of(Long.parseLong(process)).isPresent()) {
      return true;
    }
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(DescriptorListener.lockFile(file));
    } catch (IOException e) {
      // It does no harm there.
    }
    return false;
  }

  // ---- clients from others ----

  private void accept(Keeper keeper) {
    while (!closed) {
      try {
        DescriptorSocket asker = listener.accept();
        if (threads.size() < MOST_ASKERS + OWN_THREADS) {
          start("asked", () -> answerAll(keeper, asker));
        } else {
          asker.close();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // A process of another user, or descriptors have run out: the next may be better.
        rest();
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(REST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answerAll(Keeper keeper, DescriptorSocket asker) {
    try (asker) {
      while (!closed && answer(keeper, asker)) {
        // The next question.
      }
    } catch (SocketTimeoutException e) {
      // It has not asked for long, and connects again when it has to.
    } catch (IOException e) {
      // It is gone, or can't be understood; its client comes again.
    }
  }

  private static boolean answer(Keeper keeper, DescriptorSocket asker) throws IOException {
    Optional<DescriptorSocket.Message> question = asker.receive(DescriptorSocket.WAIT_MOST);
    if (question.isEmpty()) {
      return false;
    }
    try (DescriptorSocket.Message message = question.get()) {
      PassMessage answer = answer(keeper, message);
      asker.send(answer.encoded(), List.of(), Generation.STEP);
      return true;
    }
  }

  private static PassMessage answer(Keeper keeper, DescriptorSocket.Message message)
      throws IOException {
    return switch (PassMessage.read(message.body())) {
      case PassMessage.Wanted it when it.format() != PassMessage.FORMAT ->
          new PassMessage.OtherFormat(PassMessage.FORMAT);
      case PassMessage.Wanted it ->
          keeper.has(it.id()) ? new PassMessage.Mine() : new PassMessage.NotMine();
      case PassMessage.Comeback it -> {
        if (message.descriptors().size() != 1) {
          throw new IOException("a client without its connection");
        }
        keeper.cameBack(message.descriptors().getFirst().toConnection(), it);
        yield new PassMessage.Taken();
      }
      case PassMessage.Mine it -> throw unasked();
      case PassMessage.NotMine it -> throw unasked();
      case PassMessage.OtherFormat it -> throw unasked();
      case PassMessage.Taken it -> throw unasked();
    };
  }

  private static IOException unasked() {
    return new IOException("an answer to no question");
  }

  /** Leaves the others: nobody is passed on or taken in any more. */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      Files.deleteIfExists(DescriptorListener.lockFile(listener.path()));
    } catch (IOException e) {
      // The files stay behind; the next process that looks removes them.
    }
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      awaitEnd(thread);
    }
  }

  private static void awaitEnd(Thread thread) {
    try {
      thread.join(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
