package dev.holdfast.proxy;

import dev.holdfast.access.ProxyHello;
import dev.holdfast.link.Caller;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.Target;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A node's control link to one proxy, made again whenever it is lost (PROTOCOL.tunnel).
 * Thread-safe.
 */
final class ProxyLink implements Closeable {
  /** Pauses before the link is made again: the first, and the longest. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  /** How often a node says that it is there. */
  static final Duration BEAT = Duration.ofSeconds(2);

  /** Silence after which a proxy is taken for dead. */
  static final Duration SILENCE = Duration.ofSeconds(6);

  /** For a proxy that is none any more to tell its users so. */
  static final Duration PROXYS_WORD = Duration.ofSeconds(1);

  /** Dials under way at once. */
  static final int MOST_DIALS = 512;

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration LOGIN = Duration.ofSeconds(10);

  private final InetSocketAddress at;
  private final NodeIdentity identity;
  private final ClientEngine engine;
  private final HostKeyCheck check;
  private final NodeTunnels.Adopter adopter;
  private final ProxyLog log;
  private final Semaphore dials = new Semaphore(MOST_DIALS);
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean up;
  private volatile @Nullable ClientConnection connection;
  private volatile @Nullable PublicKey proxyKey;
  private volatile long heardAt;

  /** The connections that were made when it was asked over this link. Guarded by itself. */
  private final Set<SocketChannel> made = new HashSet<>();

  private ProxyLink(
      InetSocketAddress at,
      NodeIdentity identity,
      ClientEngine engine,
      HostKeyCheck check,
      NodeTunnels.Adopter adopter,
      ProxyLog log) {
    this.at = at;
    this.identity = identity;
    this.engine = engine;
    this.check = check;
    this.adopter = adopter;
    this.log = log;
    thread = Thread.ofVirtual().name("proxy-link").unstarted(this::run);
  }

  static ProxyLink start(
      InetSocketAddress at,
      NodeIdentity identity,
      ClientEngine engine,
      HostKeyCheck check,
      NodeTunnels.Adopter adopter,
      ProxyLog log) {
    ProxyLink link = new ProxyLink(at, identity, engine, check, adopter, log);
    link.thread.start();
    return link;
  }

  boolean isUp() {
    return up;
  }

  /** Jitter keeps a thousand nodes from coming back to a proxy in one moment. */
  private void run() {
    long pause = FIRST_PAUSE.toMillis();
    String said = "";
    try {
      while (!closed) {
        String why = hold();
        pause = up ? FIRST_PAUSE.toMillis() : Math.min(2 * pause, LONGEST_PAUSE.toMillis());
        if (!closed && (up || !why.equals(said))) {
          log.say(
              up ? ProxyLog.Weight.NEWS : ProxyLog.Weight.WARNING,
              "tunnel",
              "no control link to the proxy at %s:%d: %s"
                  .formatted(at.getAddress().getHostAddress(), at.getPort(), why));
        }
        said = why;
        up = false;
        Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Holds the link for as long as it lasts; says why it ended. */
  private String hold() {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.socket().connect(at, (int) CONNECT.toMillis());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      try (ClientConnection logged = engine.connect(Caller.of(channel).duplex(), target())) {
        connection = logged;
        return talk(logged, (InetSocketAddress) channel.getRemoteAddress());
      }
    } catch (SshFailure e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    } finally {
      connection = null;
    }
  }

  private Target target() {
    return new Target(Proxy.NODE_USER + identity.name(), identity.keys(), noting(), false, LOGIN);
  }

  /** The check, and a note of what it accepted, to be checked again. */
  private HostKeyCheck noting() {
    return new HostKeyCheck() {
      @Override
      public boolean accepts(PublicKey key) {
        boolean accepted = check.accepts(key);
        if (accepted) {
          proxyKey = key;
        }
        return accepted;
      }

      @Override
      public List<String> ordered(List<String> algorithms) {
        return check.ordered(algorithms);
      }
    };
  }

  /**
   * The cluster has changed: if the proxy is none any more the link ends, and what was connected
   * over it. May block.
   */
  void recheck() {
    PublicKey key = proxyKey;
    if (key == null || check.accepts(key)) {
      return;
    }
    proxyKey = null;
    log.say(ProxyLog.Weight.WARNING, "tunnel", at + " is no proxy of the cluster any more");
    ClientConnection logged = connection;
    if (logged != null) {
      logged.close();
    }
    Thread.ofVirtual().name("hang-up").start(this::hangUp);
  }

  /** A proxy that is honest tells its users why, and ends what goes through it by itself. */
  private void hangUp() {
    try {
      Thread.sleep(PROXYS_WORD);
    } catch (InterruptedException e) {
      // Then at once.
    }
    synchronized (made) {
      made.forEach(ProxyLink::hangUp);
      made.clear();
    }
  }

  /** Whoever serves the connection sees that it ended. */
  private static void hangUp(SocketChannel channel) {
    try {
      channel.shutdownInput();
      channel.shutdownOutput();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  private SocketChannel kept(SocketChannel channel) {
    synchronized (made) {
      made.removeIf(one -> !one.isOpen());
      made.add(channel);
    }
    return channel;
  }

  private String talk(ClientConnection logged, InetSocketAddress proxy) throws IOException {
    SessionPlan plan =
        new SessionPlan(
            new SessionRequest.Subsystem(Proxy.TUNNEL), Optional.empty(), Map.of(), false);
    try (RemoteCommand control = logged.start(plan)) {
      heardAt = System.nanoTime();
      Thread beater = Thread.ofVirtual().name("beat").start(() -> beat(control.stdin(), logged));
      try {
        LineReader lines = new LineReader(control.stdout(), TunnelMessage.MOST_LINE);
        for (String line = lines.next(); line != null; line = lines.next()) {
          heardAt = System.nanoTime();
          take(TunnelMessage.parse(line), control.stdin(), proxy);
        }
        return "the proxy ended it";
      } catch (TunnelMessage.MalformedException e) {
        return "the proxy said what is no message";
      } finally {
        beater.interrupt();
      }
    }
  }

  private void beat(OutputStream out, ClientConnection logged) {
    TunnelMessage.Beat beat =
        new TunnelMessage.Beat(identity.id(), identity.version(), identity.labels());
    try {
      while (System.nanoTime() - heardAt < SILENCE.toNanos()) {
        say(out, beat);
        Thread.sleep(ThreadLocalRandom.current().nextLong(BEAT.toMillis() / 2, BEAT.toMillis()));
      }
      log.say(ProxyLog.Weight.NEWS, "tunnel", "the proxy at " + at + " is silent");
    } catch (IOException e) {
      // The link is gone, which its reader sees as well.
    } catch (InterruptedException e) {
      return;
    }
    logged.close();
  }

  private static void say(OutputStream out, TunnelMessage message) throws IOException {
    synchronized (out) {
      out.write(LineReader.bytes(message.line()));
      out.flush();
    }
  }

  private volatile String dialBackAt = "";

  private void take(TunnelMessage message, OutputStream out, InetSocketAddress proxy) {
    switch (message) {
      case TunnelMessage.Heard(String there) -> {
        if (!up) {
          log.say(
              ProxyLog.Weight.NEWS,
              "tunnel",
              "the proxy at %s:%d can reach this node"
                  .formatted(at.getAddress().getHostAddress(), at.getPort()));
        }
        up = true;
        dialBackAt = there;
      }
      case TunnelMessage.Dial dial ->
          Thread.ofVirtual().name("dial-back").start(() -> dialBack(dial, out, proxy));
      case TunnelMessage.Beat _, TunnelMessage.Failed _, TunnelMessage.Other _ -> {}
    }
  }

  private void dialBack(TunnelMessage.Dial dial, OutputStream out, InetSocketAddress proxy) {
    try {
      if (!dials.tryAcquire()) {
        say(out, new TunnelMessage.Failed(dial.nonce()));
        return;
      }
      try {
        Traveller client = dial.client();
        adopter.adopt(kept(dialled(dial, proxy)), client.from(), client.hasTicket());
      } catch (IOException e) {
        log.say(ProxyLog.Weight.WARNING, "dial-back", "can't dial back: " + e.getMessage());
        say(out, new TunnelMessage.Failed(dial.nonce()));
      } finally {
        dials.release();
      }
    } catch (IOException e) {
      // The link is gone, which its reader sees as well.
    }
  }

  private SocketChannel dialled(TunnelMessage.Dial dial, InetSocketAddress proxy)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(where(proxy), (int) CONNECT.toMillis());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer hello = ByteBuffer.wrap(new ProxyHello.DialBack(dial.nonce()).encoded());
      while (hello.hasRemaining()) {
        channel.write(hello);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Where the proxy says, or else where the control link leads: a name may mean several proxies.
   */
  private InetSocketAddress where(InetSocketAddress proxy) throws IOException {
    String there = dialBackAt;
    if (there.isEmpty()) {
      return proxy;
    }
    int colon = there.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          InetAddress.getByName(there.substring(0, Math.max(0, colon))),
          Integer.parseInt(there.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IOException("the proxy names no address to dial back to", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    ClientConnection logged = connection;
    if (logged != null) {
      logged.close();
    }
    thread.interrupt();
  }
}
