package dev.holdfast.proxy;

import dev.holdfast.link.Caller;
import dev.holdfast.ssh.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The control links that nodes hold open to this proxy, and the connections that nodes make when
 * they are asked over them. Thread-safe.
 */
final class Tunnels {
  /** A node that says nothing for longer is not there. */
  static final long SILENCE_NANOS = 10_000_000_000L;

  /** Control links of one node: of a node that is restarted there are two for a while. */
  static final int MOST_OF_A_NODE = 4;

  /** Nodes of which it is remembered when they were last seen. */
  static final int MOST_REMEMBERED = 100_000;

  /** For one node to dial back; after that its other control link is asked. */
  private static final long DIAL_NANOS = 5_000_000_000L;

  private final DialBacks dialBacks = new DialBacks();
  private final ProxyLog log;
  private final String dialBackAt;

  /** Whether another process has the control links. Guarded by this. */
  private boolean left;

  /** Newest last. Guarded by this. */
  private final Map<String, List<Tunnel>> live = new HashMap<>();

  /** Guarded by this; the oldest goes. */
  private final Map<String, Instant> seen =
      new LinkedHashMap<>() {
        @java.io.Serial private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * None yet.
   *
   * @param dialBackAt where nodes are to dial to; empty for where their control link leads
   */
  Tunnels(String dialBackAt, ProxyLog log) {
    this.dialBackAt = dialBackAt;
    this.log = log;
  }

  DialBacks dialBacks() {
    return dialBacks;
  }

  /** When the node was last heard of here. */
  synchronized Optional<Instant> seen(String node) {
    return live.containsKey(node)
        ? Optional.of(Instant.now())
        : Optional.ofNullable(seen.get(node));
  }

  /** Whether the node has a control link. */
  synchronized boolean isLive(String node) {
    return live.containsKey(node);
  }

  /** How many control links there are. */
  synchronized int size() {
    return live.values().stream().mapToInt(List::size).sum();
  }

  /** What the node said of itself, if it is there. */
  synchronized Optional<TunnelMessage.Beat> beat(String node) {
    return Optional.ofNullable(live.get(node)).map(all -> all.getLast().lastBeat);
  }

  /** Another process has the control links from now on: who waits for one waits no more. */
  void leave() {
    synchronized (this) {
      left = true;
      notifyAll();
    }
    dialBacks.leave();
  }

  /** This process has them again. */
  synchronized void lead() {
    left = false;
    dialBacks.lead();
  }

  private synchronized boolean hasLeft() {
    return left;
  }

  /** The nodes that have a control link. */
  synchronized List<String> nodes() {
    return List.copyOf(live.keySet());
  }

  /** Serves a control link to its end; a node that comes too late is to come again. */
  int serve(String node, Program.Call call) throws IOException {
    if (hasLeft()) {
      return 1;
    }
    Tunnel tunnel = new Tunnel(node, call.stdout());
    LineReader lines = new LineReader(call.stdin(), TunnelMessage.MOST_LINE);
    add(tunnel);
    String why = "it said goodbye";
    try {
      for (String line = lines.next(); line != null; line = lines.next()) {
        tunnel.take(TunnelMessage.parse(line));
      }
    } catch (TunnelMessage.MalformedException | IOException e) {
      why = String.valueOf(e.getMessage());
    } finally {
      remove(tunnel, why);
    }
    return 0;
  }

  private void add(Tunnel tunnel) {
    Tunnel eldest = null;
    synchronized (this) {
      List<Tunnel> all = live.computeIfAbsent(tunnel.node, name -> new ArrayList<>());
      all.add(tunnel);
      if (all.size() > MOST_OF_A_NODE) {
        eldest = all.removeFirst();
      }
      notifyAll();
    }
    if (eldest != null) {
      eldest.thread.interrupt();
    }
    log.say(ProxyLog.Weight.NEWS, "node", "node " + tunnel.node + " is here");
  }

  private void remove(Tunnel tunnel, String why) {
    synchronized (this) {
      List<Tunnel> all = live.get(tunnel.node);
      if (all != null && all.remove(tunnel) && all.isEmpty()) {
        live.remove(tunnel.node);
      }
      seen.remove(tunnel.node);
      seen.put(tunnel.node, Instant.now());
    }
    log.say(
        ProxyLog.Weight.NEWS, "node", "a control link of node " + tunnel.node + " ended: " + why);
  }

  /** Ends those of whom nothing was heard for too long. */
  void endSilent() {
    long now = System.nanoTime();
    List<Tunnel> silent = new ArrayList<>();
    synchronized (this) {
      live.values().stream()
          .flatMap(List::stream)
          .filter(it -> now - it.heardAt > SILENCE_NANOS)
          .forEach(silent::add);
    }
    silent.forEach(it -> {
      remove(it, "it is silent");
      it.thread.interrupt();
    });
  }

  /**
   * A fresh connection to {@code node} for {@code client}; waits until the node has a control link.
   *
   * @throws IOException if there is none until {@code untilNanos}
   */
  Caller dial(String node, Traveller client, long untilNanos) throws IOException {
    List<Tunnel> tried = new ArrayList<>();
    while (true) {
      Tunnel tunnel = await(node, tried, untilNanos);
      tried.add(tunnel);
      try (DialBacks.Awaited awaited = dialBacks.expect(node)) {
        tunnel.say(new TunnelMessage.Dial(awaited.nonce(), client));
        return awaited.take(
            awaited.await(Math.max(1, Math.min(DIAL_NANOS, untilNanos - System.nanoTime()))));
      } catch (IOException e) {
        log.say(
            ProxyLog.Weight.DETAIL,
            "dial-back",
            "node " + node + " did not dial back: " + e.getMessage());
      }
    }
  }

  /** The newest control link that was not tried. */
  private synchronized Tunnel await(String node, List<Tunnel> tried, long untilNanos)
      throws IOException {
    while (true) {
      if (left) {
        throw new IOException("another process has the control links");
      }
      Tunnel found = newest(node, tried);
      if (found != null) {
        return found;
      }
      long left = (untilNanos - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IOException("the node has no control link");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private @Nullable Tunnel newest(String node, List<Tunnel> tried) {
    return live.getOrDefault(node, List.of()).reversed().stream()
        .filter(it -> !tried.contains(it))
        .findFirst()
        .orElse(null);
  }

  /** One control link, at the proxy's end. */
  private final class Tunnel {
    private final String node;
    private final OutputStream out;
    private final Thread thread = Thread.currentThread();
    private volatile long heardAt = System.nanoTime();
    private volatile TunnelMessage.Beat lastBeat = new TunnelMessage.Beat("", "", Map.of());

    Tunnel(String node, OutputStream out) {
      this.node = node;
      this.out = out;
    }

    void take(TunnelMessage message) throws IOException {
      heardAt = System.nanoTime();
      switch (message) {
        case TunnelMessage.Beat beat -> {
          boolean isNew = !beat.equals(lastBeat);
          lastBeat = beat;
          if (isNew) {
            log.say(
                ProxyLog.Weight.DETAIL,
                "beat",
                "node %s is %s, version %s".formatted(node, beat.id(), beat.version()));
          }
          say(new TunnelMessage.Heard(dialBackAt));
        }
        case TunnelMessage.Failed(byte[] nonce) -> dialBacks.failed(nonce, node);
        case TunnelMessage.Dial _, TunnelMessage.Heard _, TunnelMessage.Other _ -> {}
      }
    }

    void say(TunnelMessage message) throws IOException {
      synchronized (out) {
        out.write(LineReader.bytes(message.line()));
        out.flush();
      }
    }
  }
}
