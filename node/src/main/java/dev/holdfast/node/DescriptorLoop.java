package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with one epoll(7) that tells who may read or write. Descriptors are watched from edge
 * to edge: one is told of once, and again only after it has been read or written until it would
 * have had to wait.
 *
 * <p>{@link #execute} is for any thread; everything else is confined to the loop's own.
 */
final class DescriptorLoop implements AutoCloseable {
  static final int READABLE = 0x1;
  static final int WRITABLE = 0x4;
  private static final int EDGES = 1 << 31;

  /** Events that are taken from the kernel at once. */
  private static final int MOST_EVENTS = 64;

  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;

  /** {@code struct epoll_event} is packed on x86-64 only. */
  private static final long EVENT_BYTES = System.getProperty("os.arch").equals("amd64") ? 12 : 16;

  private static final long EVENT_DATA = EVENT_BYTES - Long.BYTES;
  private static final ValueLayout.OfLong UNALIGNED = ValueLayout.JAVA_LONG_UNALIGNED;

  private static final MethodHandle EPOLL_CREATE = Linux.function("epoll_create1", INT, INT);
  private static final MethodHandle EPOLL_CTL =
      Linux.function("epoll_ctl", INT, INT, INT, INT, POINTER);
  private static final MethodHandle EPOLL_WAIT =
      Linux.function("epoll_wait", INT, INT, POINTER, INT, INT);
  private static final MethodHandle EVENTFD = Linux.function("eventfd", INT, INT, INT);

  private static final byte[] ONE = one();

  private static final Logger log = LoggerFactory.getLogger(DescriptorLoop.class);

  private final int epoll;
  private final int wakeup;
  private final Map<Integer, Watcher> watchers = new HashMap<>();
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final DescriptorCalls wakeCalls = new DescriptorCalls();
  private final Thread thread;
  private volatile boolean closed;

  /** Whether the descriptors' numbers may be somebody else's by now; guarded by wakeCalls. */
  private boolean shut;

  /** Gets told of a descriptor's edges, on the loop's thread. */
  interface Watcher {
    /** It may be read until that would wait, or written, or has come to its end. */
    void ready();
  }

  DescriptorLoop(String name) throws IOException {
    epoll = (int) Linux.call("epoll_create1", s -> (int) EPOLL_CREATE.invokeExact(s, CLOEXEC));
    wakeup = (int) Linux.call("eventfd", s -> (int) EVENTFD.invokeExact(s, 0, CLOEXEC | NONBLOCK));
    control(ADD, wakeup, READABLE | EDGES);
    thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  /** Has {@code task} run on the loop's thread, soon, after those given before. */
  void execute(Runnable task) {
    tasks.add(task);
    if (!isOwn() && awake.compareAndSet(false, true)) {
      wake();
    }
  }

  /**
   * Watches a descriptor until {@link #forget}.
   *
   * @param edges {@link #READABLE}, {@link #WRITABLE} or both
   */
  void watch(int descriptor, int edges, Watcher watcher) throws IOException {
    watchers.put(descriptor, watcher);
    control(ADD, descriptor, edges | EDGES);
  }

  /** Before the descriptor is closed: a copy of it would go on being watched. */
  void forget(int descriptor) {
    if (watchers.remove(descriptor) != null) {
      try {
        control(DELETE, descriptor, 0);
      } catch (IOException e) {
        throw new UncheckedIOException("a watched descriptor was closed", e);
      }
    }
  }

  /** Ends the thread; what is watched stays open. The second time it does nothing. */
  @Override
  public void close() {
    closed = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive() && !isOwn()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (wakeCalls) {
      if (!shut) {
        shut = true;
        Descriptors.close(epoll);
        Descriptors.close(wakeup);
      }
    }
  }

  private boolean isOwn() {
    return Thread.currentThread().equals(thread);
  }

  private void run() {
    DescriptorCalls calls = new DescriptorCalls();
    byte[] count = new byte[Long.BYTES];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(EVENT_BYTES * MOST_EVENTS, Long.BYTES);
      while (!closed) {
        int ready = await(events, tasks.isEmpty() ? -1 : 0);
        awake.set(true);
        for (int i = 0; i < ready; i++) {
          int descriptor = (int) events.get(UNALIGNED, i * EVENT_BYTES + EVENT_DATA);
          if (descriptor == wakeup) {
            calls.read(wakeup, count, 0, count.length);
          } else {
            tell(descriptor);
          }
        }
        runTasks();
        awake.set(false);
      }
    } catch (IOException e) {
      log.error("a loop of the node's sessions ended", e);
    }
  }

  private int await(MemorySegment events, int timeout) throws IOException {
    return (int)
        Linux.call(
            "epoll_wait",
            s -> (int) EPOLL_WAIT.invokeExact(s, epoll, events, MOST_EVENTS, timeout));
  }

  private void tell(int descriptor) {
    Watcher watcher = watchers.get(descriptor);
    if (watcher != null) {
      guard(watcher::ready);
    }
  }

  /** Those that come meanwhile have their turn after the next look at descriptors. */
  private void runTasks() {
    for (int left = tasks.size(); left > 0; left--) {
      Runnable task = tasks.poll();
      if (task != null) {
        guard(task);
      }
    }
  }

  /** One session's failure is not the others'. */
  private static void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a session's event failed", e);
    }
  }

  private void wake() {
    try {
      synchronized (wakeCalls) {
        if (!shut) {
          wakeCalls.write(wakeup, ONE, 0, ONE.length);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the loop can't be woken", e);
    }
  }

  private void control(int operation, int descriptor, int events) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      event.set(ValueLayout.JAVA_INT, 0, events);
      event.set(UNALIGNED, EVENT_DATA, descriptor);
      Linux.call(
          "epoll_ctl", s -> (int) EPOLL_CTL.invokeExact(s, epoll, operation, descriptor, event));
    }
  }

  private static byte[] one() {
    byte[] one = new byte[Long.BYTES];
    one[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : Long.BYTES - 1] = 1;
    return one;
  }
}
