package dev.holdfast.proxy;

import dev.holdfast.access.ProxyHello;
import dev.holdfast.link.Caller;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The connections that nodes were asked to make and have not made yet. Each is known by a nonce
 * that counts once, and only for as long as somebody waits for it. Thread-safe.
 */
final class DialBacks {
  /** Awaited at once. */
  static final int MOST = 20_000;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();
  private volatile boolean left;

  /** One connection that is to come. */
  final class Awaited implements AutoCloseable {
    private final byte[] nonce = new byte[ProxyHello.NONCE];
    private final CompletableFuture<Caller> outcome = new CompletableFuture<>();
    private final String node;

    private Awaited(String node) {
      random.nextBytes(nonce);
      this.node = node;
    }

    /** What the node is to show. */
    byte[] nonce() {
      return nonce.clone();
    }

    /** Waits for the connection. */
    Caller await(long nanos) throws IOException {
      try {
        return outcome.get(nanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        throw new IOException("the node did not dial", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    /** Nobody waits any more: a connection that comes late is closed. */
    @Override
    public void close() {
      awaited.remove(hex(nonce), this);
      outcome.completeExceptionally(new IOException("nobody waits"));
      if (outcome.state() == java.util.concurrent.Future.State.SUCCESS && !taken) {
        outcome.resultNow().close();
      }
    }

    private boolean taken;

    /** The connection is somebody's now. */
    Caller take(Caller caller) {
      taken = true;
      return caller;
    }
  }

  /** Expects a connection of {@code node}. */
  Awaited expect(String node) throws IOException {
    if (awaited.size() >= MOST) {
      throw new IOException("too many connections are awaited");
    }
    Awaited one = new Awaited(node);
    awaited.put(hex(one.nonce), one);
    if (left) {
      one.close();
      throw new IOException("another process has the port");
    }
    return one;
  }

  /** A connection came that shows {@code nonce}; closed unless somebody waits for it. */
  void came(byte[] nonce, Caller caller) {
    Awaited one = awaited.remove(hex(nonce));
    if (one == null || !one.outcome.complete(caller)) {
      caller.close();
    }
  }

  /** None will come here any more: another process has the port. */
  void leave() {
    left = true;
    awaited
        .values()
        .forEach(one ->
            one.outcome.completeExceptionally(new IOException("another process has the port")));
  }

  /** They come here again. */
  void lead() {
    left = false;
  }

  /** {@code node} says that it can't; nobody else may say so for it. */
  void failed(byte[] nonce, String node) {
    Awaited one = awaited.get(hex(nonce));
    if (one != null && one.node.equals(node) && awaited.remove(hex(nonce), one)) {
      one.outcome.completeExceptionally(new IOException("the node could not dial"));
    }
  }

  int size() {
    return awaited.size();
  }

  private static String hex(byte[] nonce) {
    return HexFormat.of().formatHex(nonce);
  }
}
