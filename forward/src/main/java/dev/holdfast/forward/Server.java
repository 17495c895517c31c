package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A server as one login sees it: connections to its apps, each through a session that is proved to
 * live when the connection is handed out. Thread-safe.
 */
public final class Server {
  /** Apps about which something is remembered. */
  static final int MOST_APPS = 256;

  private final String name;
  private final ForwardSettings settings;
  private final Sessions sessions;
  private final List<Consumer<ServerEvent>> listeners = new CopyOnWriteArrayList<>();
  private final Map<FarAddress, App> apps = new ConcurrentHashMap<>();

  /**
   * A server without a session.
   *
   * @param busy runs when there is something to look after, see {@link #tend}
   */
  Server(String name, SessionSource source, ForwardSettings settings, Runnable busy) {
    this.name = name;
    this.settings = settings;
    sessions = new Sessions(source, settings, busy, this::tell);
  }

  /** The login: {@code user@host}, with the port if it is not the usual one. */
  public String name() {
    return name;
  }

  // ---- for who connects ----

  /**
   * A connection from the server to {@code to}, ready for use. Blocks until the server is proved to
   * be there, at the worst for as long as a new session takes or until the deadline.
   */
  public FarStream open(FarAddress to, Deadline deadline) throws FarFailure {
    App app = app(to);
    while (true) {
      LiveSession session = session(deadline);
      Optional<FarStream> ready = app.take(session);
      if (ready.isPresent()) {
        return ready.get();
      }
      try {
        return race(session, app, deadline);
      } catch (ChannelRefused e) {
        app.refused(e);
        throw new FarFailure(Troubles.of(e, to));
      } catch (IOException e) {
        // The session has gone before anything was written: another one serves as well.
        deadline.check(name, "the server did not answer in time");
      }
    }
  }

  /**
   * Runs a command on the server to its end.
   *
   * @param input what it reads
   * @param most bytes of its output that are returned
   */
  public byte[] exec(String command, byte[] input, int most, Deadline deadline) throws FarFailure {
    LiveSession session = proved(deadline);
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    session.begin();
    Thread.ofVirtual()
        .name("exec")
        .start(() -> {
          try {
            output.complete(session.session().exec(command, input, most));
          } catch (IOException | RuntimeException e) {
            output.completeExceptionally(e);
          } finally {
            session.end();
          }
        });
    try {
      return deadline.await(output);
    } catch (IOException e) {
      throw new FarFailure(new Trouble.Failed(String.valueOf(e.getMessage())));
    }
  }

  /** A page of the app will be asked for soon: what can be made ready is. */
  public void expect(FarAddress to) {
    App app = app(to);
    Thread.ofVirtual()
        .name("expect")
        .start(() -> {
          try {
            app.expect(session(Deadline.in(settings.dead())));
          } catch (FarFailure e) {
            // Who asks then is told.
          }
        });
  }

  /**
   * The app was seen to answer a connection while {@code idle} others were open that had said
   * nothing.
   */
  public void learn(FarAddress to, int idle) {
    app(to).learn(idle);
  }

  /** The server is wanted: a session is made now, and again when it ends, until it is released. */
  public Hold hold() {
    sessions.hold();
    Thread.ofVirtual()
        .name("hold")
        .start(() -> {
          try {
            session(Deadline.in(settings.dead()));
          } catch (FarFailure e) {
            // It is tried again in its time.
          }
        });
    return sessions::release;
  }

  /** A wish that a server be there, until it is closed. */
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** How it stands now. */
  public ServerState state() {
    return sessions.state();
  }

  /** Has {@code listener} hear what happens, on any thread; it must not block. */
  public Hold listen(Consumer<ServerEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tell(ServerEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  private App app(FarAddress to) {
    if (apps.size() >= MOST_APPS) {
      apps.values().removeIf(App::isForgettable);
    }
    return apps.computeIfAbsent(to, App::new);
  }

  // ---- sessions ----

  /** A session, which may be suspect. */
  LiveSession session(Deadline deadline) throws FarFailure {
    return sessions.get(deadline, name);
  }

  /** Whether no other session has its place. */
  boolean isNewest(LiveSession session) {
    return sessions.isNewest(session);
  }

  /** A session that is proved to live now. */
  private LiveSession proved(Deadline deadline) throws FarFailure {
    while (true) {
      LiveSession session = session(deadline);
      try {
        session.prove();
        return session;
      } catch (IOException e) {
        deadline.check(name, String.valueOf(e.getMessage()));
      }
    }
  }

  // ---- a connection that is not ready ----

  /**
   * Connects through {@code session}; when that is late, through a new one as well. The first wins.
   */
  private FarStream race(LiveSession session, App app, Deadline deadline) throws IOException {
    Race race = new Race(app.address());
    boolean isFresh = session.isFresh();
    long begun = System.nanoTime();
    session.waits(true);
    try {
      App.Begun connection = app.begin(session, race);
      if (!isFresh) {
        session.ask();
      }
      Optional<Connected> early = race.await(Math.min(session.hedgeNanos(), deadline.leftNanos()));
      if (early.isPresent()) {
        return app.connected(connection, early.get());
      }
      Optional<Connected> late = Optional.empty();
      while (late.isEmpty() && !deadline.isOver()) {
        if (session.session().heardNanos() - begun < 0) {
          race.alsoAfter(sessions.another(session));
        }
        late = race.await(deadline.orIn(sessions.stale()).leftNanos());
      }
      return app.connected(
          connection, late.orElseThrow(() -> new IOException("nothing answers there")));
    } finally {
      race.abandon();
      session.waits(false);
    }
  }

  // ---- looking after ----

  /** The machine woke or its network changed. */
  void networkChanged() {
    sessions.networkChanged();
  }

  /** Does what is due; called several times a second. False if there is nothing to look after. */
  boolean tend() {
    boolean isReady = apps.values().stream().anyMatch(App::isReady);
    boolean isBusy = sessions.tend(isReady);
    LiveSession newest = sessions.newest();
    apps.values().forEach(app -> app.tend(newest));
    return isBusy;
  }

  /** Ends everything. */
  void close() {
    sessions.close();
  }

  /** For presentation: what is known about an app. */
  Optional<App> known(FarAddress address) {
    return Optional.ofNullable(apps.get(address));
  }
}
