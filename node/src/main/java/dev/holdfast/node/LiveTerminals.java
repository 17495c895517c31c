package dev.holdfast.node;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The terminals of a node's sessions, by what audit events call the session, for who joins one.
 * Thread-safe.
 */
public final class LiveTerminals {
  /** The thread for what guests cause ends when there has been nothing to do for so long. */
  private static final int IDLE_SECONDS = 10;

  /** As many as there are sessions with a terminal. */
  private final Map<String, LiveTerminal> terminals = new ConcurrentHashMap<>();

  private final Executor events = thread();

  /** Those who came through another process of this node. */
  private final AtomicInteger distantGuests = new AtomicInteger();

  private volatile @Nullable OtherProcesses others;

  private static Executor thread() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("node-joined-sessions").factory());
    one.allowCoreThreadTimeOut(true);
    return one;
  }

  /** What guests cause runs there, one thing after the other. */
  Executor events() {
    return events;
  }

  void add(String session, LiveTerminal terminal) {
    terminals.put(session, terminal);
  }

  void remove(String session) {
    terminals.remove(session);
  }

  /** Those of this node's other processes are found from now on. */
  void findIn(OtherProcesses processes) {
    others = processes;
  }

  /** The one of a session that this process has. */
  Optional<LiveTerminal> here(String session) {
    return Optional.ofNullable(terminals.get(session));
  }

  /**
   * The one of a session that any process of this node has. May wait for them.
   *
   * @throws IOException if one may have it and can't be asked
   */
  Optional<? extends JoinableTerminal> find(String session) throws IOException {
    Optional<LiveTerminal> own = here(session);
    OtherProcesses processes = others;
    return own.isPresent() || processes == null ? own : processes.find(session);
  }

  /** A guest came through another process. */
  void guestCame() {
    distantGuests.incrementAndGet();
  }

  /** He is gone, and was told all. */
  void guestWent() {
    distantGuests.decrementAndGet();
  }

  /** Whether this process may end: it has none, and nobody is still told of one. */
  public boolean isEmpty() {
    return terminals.isEmpty() && distantGuests.get() == 0;
  }

  int size() {
    return terminals.size();
  }
}
