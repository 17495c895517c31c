package dev.holdfast.client;

import dev.holdfast.access.ProxyAnswer;
import dev.holdfast.access.ProxyHello;
import dev.holdfast.access.Ticket;
import dev.holdfast.access.TicketException;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketProof;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Greeting;
import dev.holdfast.link.Passage;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The way of one stream through the proxies of a cluster, by a ticket (PROTOCOL.ticket), which it
 * keeps fresh. Thread-safe.
 */
public final class ProxyPassage implements Passage, AutoCloseable {
  /** Between two renewals, whatever the ticket says: clocks may be wrong. */
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** For one proxy to renew it. */
  private static final Duration RENEWAL = Duration.ofSeconds(10);

  private final TicketKey key;
  private final List<Destination> proxies;
  private final Thread renewer;
  private volatile byte[] ticket;
  private byte[] nonce = new byte[0];

  /**
   * A passage by a ticket for {@code key}.
   *
   * @param proxies any of which will do
   */
  public ProxyPassage(TicketKey key, byte[] ticket, List<Destination> proxies) {
    this.key = key;
    this.ticket = ticket.clone();
    this.proxies = List.copyOf(proxies);
    renewer = Thread.ofVirtual().name("ticket").start(this::renewAgainAndAgain);
  }

  @Override
  public List<Destination> proxies() {
    return proxies;
  }

  @Override
  public void enter(SocketChannel channel, Duration within) throws IOException {
    nonce = challenge(channel, new ProxyHello.Open(ticket), within);
  }

  @Override
  public byte[] before(byte[] hello, boolean opens) {
    byte[] shown = ticket;
    return opens
        ? TicketProof.answer(key, shown, nonce, hello)
        : new ProxyHello.Resume(shown, TicketProof.resume(key, shown, hello)).encoded();
  }

  @Override
  public Hearing hearing() {
    return input ->
        switch (read(input)) {
          case null -> null;
          case ProxyAnswer.Welcome(byte[] next) -> {
            keep(next);
            yield new Word.Welcome();
          }
          case ProxyAnswer.Refused(ProxyAnswer.Why why, String text) ->
              why.isFinal() ? new Word.Never(text) : new Word.Later(text);
          case ProxyAnswer.Challenge _ ->
              throw new IOException("the proxy asks what was said already");
        };
  }

  private void keep(byte[] next) {
    if (next.length > 0) {
      ticket = next;
    }
  }

  private static @Nullable ProxyAnswer read(ByteBuffer input) throws IOException {
    try {
      return Greeting.pass(input) ? ProxyAnswer.read(input) : null;
    } catch (TicketException | ProtocolException e) {
      throw new IOException("The proxy's answer can't be used: " + e.getMessage() + ".", e);
    }
  }

  // ---- renewing ----

  private void renewAgainAndAgain() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        Thread.sleep(pause());
        goesOn = renewSomewhere();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Half of what is left. */
  private Duration pause() {
    try {
      Duration left = Duration.between(Instant.now(), Ticket.said(ticket).expires());
      Duration half = left.dividedBy(2);
      Duration least = half.compareTo(SHORTEST) < 0 ? SHORTEST : half;
      Duration pause = least.compareTo(LONGEST) > 0 ? LONGEST : least;
      return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4));
    } catch (TicketException e) {
      return LONGEST;
    }
  }

  /** Whether there is a point in going on: nobody said that it is over. */
  private boolean renewSomewhere() {
    for (Destination proxy : proxies) {
      try (SocketChannel channel = SocketChannel.open()) {
        channel
            .socket()
            .connect(new InetSocketAddress(proxy.host(), proxy.port()), (int) RENEWAL.toMillis());
        byte[] shown = ticket;
        byte[] asked = challenge(channel, new ProxyHello.Renew(shown), RENEWAL);
        channel.write(ByteBuffer.wrap(TicketProof.answer(key, shown, asked, new byte[0])));
        switch (answer(channel, RENEWAL)) {
          case ProxyAnswer.Welcome(byte[] next) -> {
            keep(next);
            return true;
          }
          case ProxyAnswer.Refused(ProxyAnswer.Why why, String _) -> {
            if (why.isFinal()) {
              return false;
            }
          }
          case ProxyAnswer.Challenge _ -> {}
        }
      } catch (IOException | RuntimeException e) {
        // Another proxy may be there, or this one later; a stale ticket is renewed on the way.
      }
    }
    return true;
  }

  private static byte[] challenge(SocketChannel channel, ProxyHello hello, Duration within)
      throws IOException {
    channel.write(ByteBuffer.wrap(hello.encoded()));
    return switch (answer(channel, within)) {
      case ProxyAnswer.Challenge(byte[] nonce) -> nonce;
      case ProxyAnswer.Refused(ProxyAnswer.Why _, String text) -> throw new IOException(text);
      case ProxyAnswer.Welcome _ -> throw new IOException("The proxy did not ask for a proof.");
    };
  }

  private static ProxyAnswer answer(SocketChannel channel, Duration within) throws IOException {
    long until = System.nanoTime() + within.toNanos();
    byte[] heard = new byte[0];
    InputStream in = channel.socket().getInputStream();
    try {
      while (true) {
        long left = (until - System.nanoTime()) / 1_000_000;
        channel.socket().setSoTimeout((int) Math.max(1, left));
        int one = left <= 0 ? -1 : in.read();
        if (one < 0) {
          throw new IOException("The proxy did not answer; try again.");
        }
        heard = Arrays.copyOf(heard, heard.length + 1);
        heard[heard.length - 1] = (byte) one;
        ProxyAnswer answer = read(ByteBuffer.wrap(heard));
        if (answer != null) {
          return answer;
        }
      }
    } finally {
      channel.socket().setSoTimeout(0);
    }
  }

  @Override
  public void close() {
    renewer.interrupt();
  }
}
