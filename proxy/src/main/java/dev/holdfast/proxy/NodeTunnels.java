package dev.holdfast.proxy;

import dev.holdfast.link.Destination;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.HostKeyCheck;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A node's end of its tunnels: a control link to every proxy that it was told, at each address that
 * a proxy's name has, and the connections that it makes when it is asked over one. Thread-safe.
 */
public final class NodeTunnels implements Closeable {
  /** Addresses of one name. */
  static final int MOST_ADDRESSES = 32;

  /** How often names are looked up, for proxies that came or went. */
  private static final long LOOK_MILLIS = 5_000;

  private final NodeIdentity identity;
  private final Supplier<List<Destination>> proxies;
  private final HostKeyCheck check;
  private final Adopter adopter;
  private final ProxyLog log;
  private final ClientEngine engine = ClientEngine.start();
  private final Map<InetSocketAddress, ProxyLink> links = new HashMap<>();
  private final Thread finder;
  private volatile boolean closed;

  /** Takes connections that the node has made because a proxy asked it to. */
  @FunctionalInterface
  public interface Adopter {
    /**
     * Serves the client at the other end.
     *
     * @param client where it is, by the proxy's word
     * @param speaksFirst whether it is known not to wait for this side to speak
     */
    void adopt(SocketChannel channel, InetSocketAddress client, boolean speaksFirst);
  }

  private NodeTunnels(
      NodeIdentity identity,
      Supplier<List<Destination>> proxies,
      HostKeyCheck check,
      Adopter adopter,
      ProxyLog log) {
    this.identity = identity;
    this.proxies = proxies;
    this.check = check;
    this.adopter = adopter;
    this.log = log;
    finder = Thread.ofVirtual().name("proxy-finder").unstarted(this::find);
  }

  /**
   * Begins to hold control links open.
   *
   * @param proxies where they are; asked again and again, for some may come and go
   * @param check knows the proxies' host keys
   */
  public static NodeTunnels start(
      NodeIdentity identity,
      Supplier<List<Destination>> proxies,
      HostKeyCheck check,
      Adopter adopter,
      ProxyLog log) {
    NodeTunnels tunnels = new NodeTunnels(identity, proxies, check, adopter, log);
    tunnels.finder.start();
    return tunnels;
  }

  /** Control links that are up. */
  public synchronized int live() {
    return (int) links.values().stream().filter(ProxyLink::isUp).count();
  }

  /**
   * The cluster has changed: links to who is no proxy any more end, with what was connected over
   * them. May block.
   */
  public void recheck() {
    List<ProxyLink> all;
    synchronized (this) {
      all = List.copyOf(links.values());
    }
    all.forEach(ProxyLink::recheck);
  }

  private void find() {
    try {
      while (!closed) {
        keep(addresses());
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<InetSocketAddress> addresses() {
    Set<InetSocketAddress> found = new HashSet<>();
    for (Destination proxy : proxies.get()) {
      try {
        InetAddress[] all = InetAddress.getAllByName(proxy.host());
        for (int i = 0; i < Math.min(all.length, MOST_ADDRESSES); i++) {
          found.add(new InetSocketAddress(all[i], proxy.port()));
        }
      } catch (IOException e) {
        log.say(ProxyLog.Weight.DETAIL, "proxy", proxy + " is not known: " + e.getMessage());
      }
    }
    return found;
  }

  /** A link that works stays although its name has another address now. */
  private synchronized void keep(Set<InetSocketAddress> wanted) {
    if (closed) {
      return;
    }
    for (InetSocketAddress address : wanted) {
      links.computeIfAbsent(
          address, at -> ProxyLink.start(at, identity, engine, check, adopter, log));
    }
    links
        .entrySet()
        .removeIf(one -> {
          boolean gone =
              !wanted.contains(one.getKey()) && !one.getValue().isUp() && !wanted.isEmpty();
          if (gone) {
            one.getValue().close();
          }
          return gone;
        });
  }

  @Override
  public synchronized void close() {
    closed = true;
    finder.interrupt();
    links.values().forEach(ProxyLink::close);
    engine.close();
  }
}
