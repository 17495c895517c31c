package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for many channels at once and does what they are ready for. A key press
 * crosses it without being handed to another thread (docs/decisions, selector loops).
 *
 * <p>Whatever runs on a loop must not block. {@link #execute}, {@link #close} and {@link #wake} may
 * be called from any thread; everything else only on the loop's own.
 */
public final class Loop implements Executor, Closeable {
  /** Bytes of the buffer that all reads of a loop share. */
  static final int SCRATCH = 256 * 1024;

  /** Timers are looked through for cancelled ones when so many are there, or twice those left. */
  private static final int LEAST_SWEEP = 64;

  private static final long START = System.nanoTime();

  private final Selector selector;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private int sweepAt = LEAST_SWEEP;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
  private final Batch batch = new Batch();
  private final Faults faults;
  private volatile boolean closed;

  /** No task will run any more. */
  private volatile boolean ended;

  private Loop(String name, Faults faults) throws IOException {
    this.selector = Selector.open();
    this.faults = faults;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /**
   * Starts a loop whose thread is called {@code name}; {@code faults} hears of defects in what runs
   * on it.
   */
  public static Loop start(String name, Faults faults) throws IOException {
    Loop loop = new Loop(name, faults);
    loop.thread.start();
    return loop;
  }

  /** What a channel's readiness leads to. */
  interface Ready {
    /** The channel is ready for some of its interests. An exception closes the channel. */
    void ready(SelectionKey key) throws IOException;

    /** {@link #ready} threw, and the channel is closed. */
    default void failed(Throwable why) {}
  }

  /** Hears of exceptions that nothing else handled: defects of ours, never a peer's doing. */
  public interface Faults {
    /** One such exception. */
    void fault(Throwable thrown);
  }

  /** Something to be done later on a loop. */
  static final class Timer implements Comparable<Timer> {
    private final long at;

    /** Null once it will not run any more, so that nothing is kept for its sake. */
    private volatile @Nullable Runnable action;

    private Timer(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    /** When it fires, in {@link Loop#now} time. */
    long at() {
      return at;
    }

    /** It will not fire. Any thread. */
    void cancel() {
      action = null;
    }

    private boolean isCancelled() {
      return action == null;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.compare(at, other.at);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Nanoseconds since this process began to count; the same for all loops. */
  static long now() {
    return System.nanoTime() - START;
  }

  /** Runs {@code task} on the loop soon; from any thread. Nothing happens if the loop has ended. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    wake();
    if (ended) {
      dropTasks();
    }
  }

  /**
   * Runs {@code task}, which takes care of {@code resource}, on the loop soon; from any thread. If
   * the loop has ended, or ends before, the resource is closed.
   */
  void give(Closeable resource, Runnable task) {
    execute(new Gift(resource, task));
  }

  /** A task with what is to be closed if it never runs. */
  private record Gift(Closeable resource, Runnable task) implements Runnable {
    @Override
    public void run() {
      task.run();
    }
  }

  /** Makes the loop look at changed interests; from any thread. */
  void wake() {
    if (!isCurrent()) {
      selector.wakeup();
    }
  }

  /** Whether the caller is the loop's own thread. */
  boolean isCurrent() {
    return thread.equals(Thread.currentThread());
  }

  /** Runs {@code action} at {@code nanos}, or soon after. */
  Timer at(long nanos, Runnable action) {
    if (timers.size() >= sweepAt) {
      timers.removeIf(Timer::isCancelled);
      sweepAt = Math.max(LEAST_SWEEP, 2 * timers.size());
    }
    Timer timer = new Timer(nanos, action);
    timers.add(timer);
    return timer;
  }

  /**
   * Watches a non-blocking channel; if the loop watches it already, for {@code ready} from now on.
   */
  SelectionKey register(SelectableChannel channel, int interests, Ready ready)
      throws ClosedChannelException {
    if (!selector.isOpen()) {
      throw new ClosedChannelException();
    }
    return channel.register(selector, interests, ready);
  }

  /**
   * Stops watching a channel and makes it blocking, for threads that wait for it. To be called in a
   * task, not while the loop handles a channel.
   */
  void makeBlocking(SelectableChannel channel) throws IOException {
    letGo(channel);
    channel.configureBlocking(true);
  }

  /**
   * Stops watching a channel at once, for it to go to another process: closing one that is still
   * registered would end the connection. To be called in a task.
   */
  void letGo(SelectableChannel channel) throws IOException {
    SelectionKey key = channel.keyFor(selector);
    if (key != null) {
      key.cancel();
      selector.selectNow();
    }
  }

  /** Stops watching a channel that goes to another loop. */
  void release(SelectableChannel channel) {
    SelectionKey key = channel.keyFor(selector);
    if (key != null) {
      key.cancel();
    }
  }

  /** The number of timers kept, cancelled ones included. */
  int timers() {
    return timers.size();
  }

  /** The shared read buffer, empty. Its content is good until the caller returns to the loop. */
  ByteBuffer scratch() {
    return scratch.clear();
  }

  /** The shared batch, empty; good until the caller returns to the loop. */
  Batch batch() {
    batch.clear();
    return batch;
  }

  /** A loop that stands still until it is let go on. */
  interface Pause {
    /** The loop goes on. */
    void end();
  }

  /**
   * Makes the loop stand still between two events; returns once it does. Not on the loop itself.
   */
  Pause pause() throws InterruptedException {
    CountDownLatch standing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    execute(() -> {
      standing.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    standing.await();
    return go::countDown;
  }

  /** Tells the loop to end; does not wait for it. */
  void end() {
    closed = true;
    selector.wakeup();
  }

  /**
   * Ends the loop and closes every channel it watches; returns when the thread is gone, unless
   * called on it.
   */
  @Override
  public void close() {
    end();
    if (!isCurrent()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::dispatch, waitMillis());
        runTasks();
        runTimers();
      }
    } catch (IOException | ClosedSelectorException e) {
      tell(e);
    } finally {
      closeAll();
      ended = true;
      dropTasks();
    }
  }

  /** At least one millisecond: a selector can't wait for less, and zero would mean for ever. */
  private long waitMillis() {
    if (!tasks.isEmpty()) {
      return 1;
    }
    dropCancelled();
    Timer first = timers.peek();
    return first == null
        ? 0
        : Math.clamp((first.at - now() + 999_999) / 1_000_000, 1, Integer.MAX_VALUE);
  }

  private void dispatch(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((Ready) key.attachment()).ready(key);
      }
    } catch (IOException e) {
      failed(key, e);
    } catch (RuntimeException | Error e) {
      failed(key, e);
      tell(e);
    }
  }

  private void failed(SelectionKey key, Throwable why) {
    closeQuietly(key.channel());
    guarded(() -> ((Ready) key.attachment()).failed(why));
  }

  /** The other channels go on, even if whoever hears of faults has one of his own. */
  private void tell(Throwable thrown) {
    try {
      faults.fault(thrown);
    } catch (RuntimeException | Error ignored) {
      // There is nobody else to tell.
    }
  }

  /** Only the tasks that are there now, so that tasks which add tasks can't starve channels. */
  private void runTasks() {
    for (int left = tasks.size(); left > 0 && !closed; left--) {
      Runnable task = tasks.poll();
      if (task != null) {
        guarded(task);
      }
    }
  }

  private void runTimers() {
    long now = now();
    for (Timer timer = timers.peek();
        timer != null && timer.at <= now && !closed;
        timer = timers.peek()) {
      timers.remove();
      Runnable action = timer.action;
      if (action != null) {
        guarded(action);
      }
    }
  }

  private void dropCancelled() {
    for (Timer timer = timers.peek(); timer != null && timer.isCancelled(); timer = timers.peek()) {
      timers.remove();
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      tell(e);
    }
  }

  /**
   * First the selector, then the channels: a channel that is still registered would shut its
   * connection down, which another process may have taken over.
   */
  private void closeAll() {
    List<SelectableChannel> channels = selector.keys().stream().map(SelectionKey::channel).toList();
    closeQuietly(selector);
    channels.forEach(Loop::closeQuietly);
  }

  private void dropTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      if (task instanceof Gift gift) {
        closeQuietly(gift.resource);
      }
    }
  }

  /** Closes what is of no more use; that it fails changes nothing. */
  static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException ignored) {
      // Nothing depends on it any more.
    }
  }
}
