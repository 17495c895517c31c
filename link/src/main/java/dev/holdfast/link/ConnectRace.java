package dev.holdfast.link;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Happy Eyeballs, version 2 (RFC 8305 section 5): the addresses of one host are tried one after the
 * other, 250 ms apart or as soon as an earlier one has failed, all of them stay in the race, the
 * first connection wins and the others are closed.
 *
 * <p>If the host is remembered from an earlier dial, the race begins before the lookup has ended,
 * and its answer joins in. Confined to the dialling thread.
 */
final class ConnectRace {
  /** RFC 8305 section 8: Connection Attempt Delay. */
  static final Duration STAGGER = Duration.ofMillis(250);

  /**
   * Refused and timed out by the kernel come as one exception, with a text in the language of the
   * system. The kernel gives up after two minutes; a refusal comes in answer to one of the first
   * SYNs.
   */
  private static final Duration REFUSAL_AT_MOST = Duration.ofSeconds(20);

  private final WaitPoint wait;
  private final Resolver resolver;
  private final Way way;
  private final Destination to;
  private final long startNanos;
  private final long deadlineNanos;
  private final Candidates candidates = new Candidates();
  private final List<SocketChannel> racing = new ArrayList<>();
  private Resolver.@Nullable Query query;

  /** The lookup's answer, once it was taken into the race. */
  private Resolver.@Nullable Answer heard;

  private long nextStartNanos;
  private boolean refused;
  private boolean silent;

  ConnectRace(WaitPoint wait, Resolver resolver, Way way, Destination to, long deadlineNanos) {
    this.wait = wait;
    this.resolver = resolver;
    this.way = way;
    this.to = to;
    this.startNanos = System.nanoTime();
    this.deadlineNanos = deadlineNanos;
    this.nextStartNanos = startNanos;
  }

  /** The winner: connected, non-blocking, still registered at the wait point. */
  SocketChannel run() throws DialException {
    SocketChannel winner = null;
    try {
      begin();
      while (winner == null) {
        hear();
        winner = startDue();
        if (winner == null) {
          checkHope();
          winner = firstConnected(wait.await(nextEventNanos()));
        }
      }
      remember(winner);
      racing.remove(winner);
      return winner;
    } finally {
      finish();
    }
  }

  private void begin() {
    List<InetAddress> literal = to.literal().stream().toList();
    candidates.add(way.among(literal));
    if (literal.isEmpty()) {
      candidates.add(way.among(resolver.remembered(to.host())));
      query = resolver.ask(to.host(), wait::wake);
    }
  }

  /** Takes the answer of the lookup into the race. */
  private void hear() {
    heard = query == null ? null : query.answer();
    if (heard instanceof Resolver.Answer.Found found) {
      candidates.add(way.among(found.addresses()));
    }
  }

  private boolean isLookingUp() {
    return query != null && heard == null;
  }

  /** Starts what is due; returns a channel if it connected on the spot, as over loopback. */
  private @Nullable SocketChannel startDue() throws DialException {
    while (System.nanoTime() - nextStartNanos >= 0) {
      InetAddress address = candidates.next();
      if (address == null) {
        return null;
      }
      SocketChannel connected = start(address);
      if (connected != null) {
        return connected;
      }
    }
    return null;
  }

  private @Nullable SocketChannel start(InetAddress address) throws DialException {
    SocketChannel channel = open();
    racing.add(channel);
    long startedNanos = System.nanoTime();
    nextStartNanos = startedNanos + STAGGER.toNanos();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, way.keepAlive());
      if (way.from(address).isPresent()) {
        channel.bind(new InetSocketAddress(way.from(address).get(), 0));
      }
      SelectionKey key = wait.register(channel, SelectionKey.OP_CONNECT);
      if (channel.connect(new InetSocketAddress(address, to.port()))) {
        key.interestOps(0);
        return channel;
      }
    } catch (IOException e) {
      failed(channel, e, startedNanos);
    }
    return null;
  }

  private static SocketChannel open() throws DialException {
    try {
      return SocketChannel.open();
    } catch (IOException e) {
      throw new DialException(new DialFailure.NoSocket("no descriptor is left"), e);
    }
  }

  private @Nullable SocketChannel firstConnected(Set<SelectionKey> ready) {
    SocketChannel winner = null;
    for (Iterator<SelectionKey> keys = ready.iterator();
        keys.hasNext() && winner == null;
        keys.remove()) {
      SelectionKey key = keys.next();
      SocketChannel channel = (SocketChannel) key.channel();
      try {
        if (channel.finishConnect()) {
          key.interestOps(0);
          winner = channel;
        }
      } catch (IOException e) {
        failed(channel, e, (long) key.attachment());
      }
    }
    ready.clear();
    return winner;
  }

  /** An attempt has failed: the next one need not wait. */
  private void failed(SocketChannel channel, IOException why, long startedNanos) {
    if (why instanceof ConnectException) {
      boolean late = System.nanoTime() - startedNanos > REFUSAL_AT_MOST.toNanos();
      silent |= late;
      refused |= !late;
    }
    racing.remove(channel);
    Dial.close(channel);
    nextStartNanos = System.nanoTime();
  }

  private void checkHope() throws DialException {
    wait.checkWanted();
    boolean late = System.nanoTime() - deadlineNanos >= 0;
    boolean over = racing.isEmpty() && candidates.isEmpty() && !isLookingUp();
    if (late || over) {
      throw new DialException(verdict(late));
    }
  }

  private DialFailure verdict(boolean late) {
    if (late && !racing.isEmpty()) {
      return new DialFailure.TimedOut(to, elapsed());
    }
    if (refused) {
      return new DialFailure.Refused(to);
    }
    if (silent) {
      return new DialFailure.TimedOut(to, elapsed());
    }
    if (isLookingUp()) {
      return new DialFailure.LookupTimedOut(to.host(), elapsed());
    }
    if (heard instanceof Resolver.Answer.Unknown) {
      return new DialFailure.UnknownHost(to.host());
    }
    return new DialFailure.Unreachable(to);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private long nextEventNanos() {
    return candidates.isEmpty() || nextStartNanos - deadlineNanos > 0
        ? deadlineNanos
        : nextStartNanos;
  }

  private void remember(SocketChannel winner) throws DialException {
    try {
      if (query != null && winner.getRemoteAddress() instanceof InetSocketAddress at) {
        resolver.worked(to.host(), at.getAddress());
      }
    } catch (IOException e) {
      throw new DialException(new DialFailure.Unreachable(to), e);
    }
  }

  private void finish() {
    if (query != null) {
      query.close();
    }
    racing.forEach(Dial::close);
  }
}
