package dev.holdfast.forward;

import dev.holdfast.client.Logins;
import dev.holdfast.link.NetworkWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The servers that this process has to do with, each once. Thread-safe. */
public final class Servers implements AutoCloseable {
  /** Servers at a time. */
  public static final int MOST = 256;

  private static final Duration TICK = Duration.ofMillis(100);

  private final Logins logins;
  private final ForwardSettings settings;
  private final NetworkWatch watch = NetworkWatch.start();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("tend").factory());
  private final Map<List<String>, Server> servers = new LinkedHashMap<>();
  private boolean ticking;
  private boolean woken;
  private boolean closed;

  private Servers(Logins logins, ForwardSettings settings) {
    this.logins = logins;
    this.settings = settings;
    watch.listen(_ -> all().forEach(Server::networkChanged));
  }

  /** None yet; they log in by {@code logins}, which is closed with them. */
  public static Servers start(Logins logins, ForwardSettings settings) {
    return new Servers(logins, settings);
  }

  /**
   * The server of these arguments.
   *
   * @param arguments ssh's: options, then {@code [user@]host}
   * @throws FarFailure if they can't be understood
   */
  public Server get(List<String> arguments) throws FarFailure {
    synchronized (this) {
      Server known = servers.get(arguments);
      if (known != null) {
        return known;
      }
    }
    String name = name(arguments);
    synchronized (this) {
      if (servers.size() >= MOST) {
        throw new FarFailure(new Trouble.Misconfigured("There are " + MOST + " servers already."));
      }
      return servers.computeIfAbsent(
          List.copyOf(arguments),
          key -> new Server(name, new SshSessionSource(logins, key, name), settings, this::wakeUp));
    }
  }

  /** The server of one destination, {@code [user@]host} as {@code ~/.ssh/config} knows it. */
  public Server get(String destination) throws FarFailure {
    return get(List.of("--", destination));
  }

  private static String name(List<String> arguments) throws FarFailure {
    try {
      return SshSessionSource.name(Logins.configure(arguments));
    } catch (IOException e) {
      throw new FarFailure(new Trouble.Misconfigured(String.valueOf(e.getMessage())));
    }
  }

  /** All of them. */
  public synchronized List<Server> all() {
    return List.copyOf(servers.values());
  }

  private synchronized void wakeUp() {
    woken = true;
    if (!ticking && !closed) {
      ticking = true;
      next();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void next() {
    ticks.schedule(this::tick, TICK.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    synchronized (this) {
      woken = false;
    }
    boolean isBusy = false;
    for (Server server : all()) {
      isBusy |= server.tend();
    }
    synchronized (this) {
      ticking = (isBusy || woken) && !closed;
      if (ticking) {
        next();
      }
    }
  }

  /** Ends everything. */
  @Override
  public void close() {
    List<Server> all;
    synchronized (this) {
      closed = true;
      all = all();
    }
    all.forEach(Server::close);
    ticks.shutdownNow();
    watch.close();
    logins.close();
  }
}
