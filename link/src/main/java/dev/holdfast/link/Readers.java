package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait together at one epoll(7) for sockets to have something to read. The kernel
 * wakes one of them for each socket, and that one does what is to be done: no byte goes from thread
 * to thread. Before it begins it sees to it that another still waits, so that whoever takes long
 * holds up nobody else.
 *
 * <p>A socket is told of once and then not until it is asked for again (EPOLLONESHOT), so no two
 * threads read the same one. Thread-safe.
 */
final class Readers {
  /** Threads that wait however little there is to do: one to read, one to wait meanwhile. */
  static final int LEAST = 2;

  /** Threads at most; when all are busy sockets wait for one of them. */
  static final int MOST = 256;

  /** How long a thread above the least number waits for something to do. */
  private static final int SPARE_MILLIS = 10_000;

  private static final int READABLE = 0x1;
  private static final int PEER_CLOSED = 0x2000;
  private static final int ONCE = 1 << 30;
  private static final int ADD = 1;
  private static final int MODIFY = 3;
  private static final int CLOEXEC = 0x80000;

  /** {@code struct epoll_event} is packed on x86-64 only. */
  private static final long EVENT_BYTES = System.getProperty("os.arch").equals("amd64") ? 12 : 16;

  private static final long EVENT_DATA = EVENT_BYTES - Long.BYTES;

  private static final MethodHandle EPOLL_CREATE = Linux.function("epoll_create1", INT, INT);
  private static final MethodHandle EPOLL_CTL =
      Linux.quickFunction("epoll_ctl", INT, INT, INT, INT, POINTER);
  private static final MethodHandle EPOLL_WAIT =
      Linux.function("epoll_wait", INT, INT, POINTER, INT, INT);

  private static @Nullable Readers shared;

  private final int epoll;
  private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicInteger threads = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  Readers() throws IOException {
    epoll = (int) Linux.call("epoll_create1", s -> (int) EPOLL_CREATE.invokeExact(s, CLOEXEC));
  }

  /** The ones of this process; they end with it. */
  static synchronized Readers shared() throws UnsupportedHostException {
    if (shared == null) {
      Linux.require("Reading without a thread for each connection");
      try {
        shared = new Readers();
      } catch (IOException e) {
        throw new UnsupportedHostException("This host has no epoll.", e);
      }
    }
    return shared;
  }

  /** One socket; not told of until {@link Watch#once}. */
  Watch watch(int descriptor) {
    return new Watch(descriptor);
  }

  /** One socket that is watched. The caller locks, and closes the socket only after the end. */
  final class Watch {
    private final int descriptor;
    private final long id = ids.incrementAndGet();
    private boolean added;
    private volatile @Nullable Runnable task;

    private Watch(int descriptor) {
      this.descriptor = descriptor;
    }

    /** Has {@code next} run when there is something to read, or an end. */
    void once(Runnable next) throws IOException {
      task = next;
      if (!added) {
        watches.put(id, this);
      }
      control(added ? MODIFY : ADD, descriptor, id);
      added = true;
      keepWaiting(LEAST);
    }

    /** It is not told of any more. The kernel forgets it when it is closed. */
    void end() {
      watches.remove(id);
      task = null;
    }
  }

  /** Threads there are. */
  int threads() {
    return threads.get();
  }

  private void control(int operation, int descriptor, long id) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      event.set(ValueLayout.JAVA_INT, 0, READABLE | PEER_CLOSED | ONCE);
      event.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, id);
      Linux.call(
          "epoll_ctl", s -> (int) EPOLL_CTL.invokeExact(s, epoll, operation, descriptor, event));
    }
  }

  /** Starts threads while there are fewer than {@code least} or none waits. */
  private void keepWaiting(int least) {
    int there = threads.get();
    while (there < MOST && (there < least || waiting.get() == 0)) {
      if (threads.compareAndSet(there, there + 1)) {
        waiting.incrementAndGet();
        if (!isStarted(there)) {
          return;
        }
      }
      there = threads.get();
    }
  }

  /** False where this user may have no more threads: then those that are there do the work. */
  private boolean isStarted(int number) {
    try {
      Thread.ofPlatform().daemon().name("reader-" + number).start(this::run);
      return true;
    } catch (OutOfMemoryError e) {
      waiting.decrementAndGet();
      threads.decrementAndGet();
      return false;
    }
  }

  /** Counted as waiting by whoever started it. */
  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      while (true) {
        boolean ready = await(event);
        if (!ready && leave()) {
          return;
        }
        if (ready) {
          waiting.decrementAndGet();
          keepWaiting(0);
          tell(event.get(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA));
          waiting.incrementAndGet();
        }
      }
    }
  }

  private boolean await(MemorySegment event) {
    try {
      int wait = threads.get() > LEAST ? SPARE_MILLIS : -1;
      return Linux.call("epoll_wait", s -> (int) EPOLL_WAIT.invokeExact(s, epoll, event, 1, wait))
          > 0;
    } catch (IOException e) {
      throw new AssertionError("epoll_wait of our own", e);
    }
  }

  /** Whether the calling thread is one too many, and then not counted any more. */
  private boolean leave() {
    int others = waiting.get() - 1;
    if (others < 1 || threads.get() <= LEAST || !waiting.compareAndSet(others + 1, others)) {
      return false;
    }
    threads.decrementAndGet();
    return true;
  }

  private void tell(long id) {
    Watch watch = watches.get(id);
    Runnable task = watch == null ? null : watch.task;
    if (task == null) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }
}
