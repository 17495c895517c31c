package dev.holdfast.link;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way of one dial: straight to the host, or to a proxy and through it. Confined to the dialling
 * thread.
 */
final class DialRoute {
  /**
   * Through a proxy that is given addresses, more of a host's addresses than this are not tried.
   */
  static final int MAX_ADDRESSES_BY_PROXY = 4;

  private final Resolver resolver;
  private final Way way;
  private final Destination to;
  private final WaitPoint wait;
  private final Duration timeout;
  private final long deadlineNanos;

  DialRoute(Resolver resolver, Way way, Destination to, WaitPoint wait, Duration timeout) {
    this.resolver = resolver;
    this.way = way;
    this.to = to;
    this.wait = wait;
    this.timeout = timeout;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  /**
   * Returns a connection whose other end is the destination: non-blocking, still registered at the
   * wait point.
   */
  SocketChannel follow(Optional<OutboundProxy> chosen) throws DialException {
    if (chosen.isEmpty()) {
      return race(to, deadlineNanos);
    }
    OutboundProxy proxy = chosen.get();
    return switch (proxy.kind()) {
      case HTTP -> through(proxy, new HttpConnect(proxy, to), deadlineNanos);
      case SOCKS5H -> through(proxy, Socks5Connect.byName(proxy, to), deadlineNanos);
      case SOCKS5 -> throughByAddress(proxy);
    };
  }

  private SocketChannel race(Destination at, long untilNanos) throws DialException {
    return new ConnectRace(wait, resolver, way, at, untilNanos).run();
  }

  /** One address after the other, each with its share of the time that is left. */
  private SocketChannel throughByAddress(OutboundProxy proxy) throws DialException {
    List<InetAddress> addresses = inTurn(addresses());
    for (int i = 0; ; i++) {
      long now = System.nanoTime();
      long untilNanos = now + (deadlineNanos - now) / (addresses.size() - i);
      try {
        return through(proxy, Socks5Connect.byAddress(proxy, to, addresses.get(i)), untilNanos);
      } catch (DialException e) {
        if (i + 1 == addresses.size() || !anotherMayDoBetter(e.failure())) {
          throw e;
        }
      }
    }
  }

  private static List<InetAddress> inTurn(List<InetAddress> addresses) {
    Candidates candidates = new Candidates();
    candidates.add(addresses);
    return candidates.rest().stream().limit(MAX_ADDRESSES_BY_PROXY).toList();
  }

  /** The proxy is there, but has not connected to this address; ssh's, for one, hangs up then. */
  private static boolean anotherMayDoBetter(DialFailure failure) {
    return failure instanceof DialFailure.ProxyRefused
        || failure instanceof DialFailure.ProxyTimedOut
        || failure instanceof DialFailure.ProxyClosed;
  }

  /** The destination's addresses: at least one. Those remembered serve at once. */
  private List<InetAddress> addresses() throws DialException {
    Optional<InetAddress> literal = to.literal();
    if (literal.isPresent()) {
      return List.of(literal.get());
    }
    try (Resolver.Query query = resolver.ask(to.host(), wait::wake)) {
      List<InetAddress> remembered = resolver.remembered(to.host());
      return remembered.isEmpty() ? answer(query) : remembered;
    }
  }

  private List<InetAddress> answer(Resolver.Query query) throws DialException {
    while (true) {
      switch (query.answer()) {
        case Resolver.Answer.Found found -> {
          return found.addresses();
        }
        case Resolver.Answer.Unknown _ ->
            throw new DialException(new DialFailure.UnknownHost(to.host()));
        case null -> {
          if (System.nanoTime() - deadlineNanos >= 0) {
            throw new DialException(new DialFailure.LookupTimedOut(to.host(), timeout));
          }
          wait.await(deadlineNanos).clear();
        }
      }
    }
  }

  private SocketChannel through(OutboundProxy proxy, ProxyHandshake handshake, long untilNanos)
      throws DialException {
    SocketChannel channel = toProxy(proxy, untilNanos);
    boolean open = false;
    try {
      new ProxyTalk(channel, proxy, to, wait, untilNanos).carryOut(handshake);
      open = true;
      return channel;
    } catch (DialException e) {
      throw e;
    } catch (IOException e) {
      throw new DialException(new DialFailure.ProxyClosed(proxy, to), e);
    } finally {
      if (!open) {
        Dial.close(channel);
      }
    }
  }

  private SocketChannel toProxy(OutboundProxy proxy, long untilNanos) throws DialException {
    try {
      return race(proxy.at(), untilNanos);
    } catch (DialException e) {
      if (e.failure() instanceof DialFailure.Cancelled) {
        throw e;
      }
      throw new DialException(new DialFailure.ProxyUnavailable(proxy, e.failure()), e);
    }
  }
}
