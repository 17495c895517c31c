package dev.holdfast.link;

import java.io.Closeable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a process does when the system or its user sends it a signal, signal(7). The only place that
 * uses {@code sun.misc.Signal}, which the JDK keeps for want of a successor (JEP 260); by method
 * handles, since javac's warning about its name can't be switched off.
 *
 * <p>Without an action of ours Java ends on {@link Kind#HANGUP}, {@link Kind#TERMINATE} and {@link
 * Kind#INTERRUPT}, after its shutdown hooks, with status 129, 143 and 130: what {@code connect}
 * wants, which ssh ends by a SIGHUP. A process that was started with one of them ignored (SIGHUP by
 * nohup) goes on ignoring it, whatever is registered here. SIGPIPE does nothing in Java: writing to
 * a pipe that nobody reads throws an IOException.
 */
public final class Signals {
  private Signals() {}

  /** The signals that services and terminals know. */
  public enum Kind {
    /** The terminal is gone; to a service: read the configuration again. */
    HANGUP("HUP"),
    /** End, after finishing what was begun. */
    TERMINATE("TERM"),
    /** Ctrl-C. */
    INTERRUPT("INT"),
    /** The terminal's window has another size. */
    WINDOW("WINCH"),
    /** The process goes on after it was stopped. */
    CONTINUE("CONT");

    private final String name;

    Kind(String name) {
      this.name = name;
    }
  }

  /**
   * Runs {@code action} whenever the signal comes, instead of what Java does by itself, until the
   * result is closed.
   *
   * <p>The action runs on a thread of its own, never twice at a time: if the signal comes while it
   * runs, it runs once more afterwards, however often the signal came. What it throws goes to the
   * thread's handler of uncaught exceptions.
   *
   * @throws UnsupportedHostException if this system has no such signal, or Java leaves it to the
   *     system ({@code -Xrs})
   */
  public static Closeable on(Kind kind, Runnable action) throws UnsupportedHostException {
    try {
      Object signal = Jdk.SIGNAL.invoke(kind.name);
      Object before = Jdk.HANDLE.invoke(signal, Jdk.handler(new Coalesced(action)));
      return () -> restore(signal, before);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedHostException(
          "SIG%s can't be handled here: %s.".formatted(kind.name, e.getMessage()));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void restore(Object signal, Object handler) {
    try {
      Jdk.HANDLE.invoke(signal, handler);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** {@code new Signal(name)} and {@code Signal.handle(signal, handler)}. */
  private static final class Jdk {
    static final MethodHandle SIGNAL;
    static final MethodHandle HANDLE;
    private static final Class<?> SIGNAL_CLASS;
    private static final Class<?> HANDLER_CLASS;

    static {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      try {
        SIGNAL_CLASS = lookup.findClass("sun.misc.Signal");
        HANDLER_CLASS = lookup.findClass("sun.misc.SignalHandler");
        SIGNAL =
            lookup.findConstructor(SIGNAL_CLASS, MethodType.methodType(void.class, String.class));
        HANDLE =
            lookup.findStatic(
                SIGNAL_CLASS,
                "handle",
                MethodType.methodType(HANDLER_CLASS, SIGNAL_CLASS, HANDLER_CLASS));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    /** A SignalHandler that runs {@code action}. */
    static Object handler(Runnable action) throws ReflectiveOperationException {
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      return MethodHandleProxies.asInterfaceInstance(
          HANDLER_CLASS, MethodHandles.dropArguments(run, 0, SIGNAL_CLASS));
    }
  }

  /** An action of which at most one run is going on and one is wanted afterwards. Thread-safe. */
  private static final class Coalesced implements Runnable {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int WANTED_AGAIN = 2;

    private final Runnable action;
    private final AtomicInteger state = new AtomicInteger(IDLE);

    Coalesced(Runnable action) {
      this.action = action;
    }

    @Override
    public void run() {
      if (state.getAndUpdate(s -> s == IDLE ? RUNNING : WANTED_AGAIN) != IDLE) {
        return;
      }
      do {
        state.set(RUNNING);
        try {
          action.run();
        } catch (RuntimeException | Error e) {
          Thread thread = Thread.currentThread();
          thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
      } while (!state.compareAndSet(RUNNING, IDLE));
    }
  }
}
