package dev.holdfast.node;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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

  Optional<LiveTerminal> find(String session) {
    return Optional.ofNullable(terminals.get(session));
  }

  int size() {
    return terminals.size();
  }
}
