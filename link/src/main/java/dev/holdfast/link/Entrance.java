package dev.holdfast.link;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * What a gate takes in at its port besides streams and plain clients: connections that begin with a
 * preface of their own, and those of balancers that say where a client really is.
 *
 * @param preface their first bytes; begins with {@code SSH-2.0-} and a zero byte, so that no other
 *     client's do
 * @param keeper takes the connections that begin so
 * @param balancers those whose PROXY protocol header is believed; whoever may send one may claim
 *     any address
 */
public record Entrance(byte[] preface, Keeper keeper, Predicate<InetAddress> balancers) {
  /** Bytes that prefaces of all kinds have in common. */
  static final int COMMON = 9;

  public Entrance {
    if (preface.length <= COMMON || preface[COMMON - 1] != 0) {
      throw new IllegalArgumentException("a preface of " + preface.length + " bytes");
    }
  }

  /** Takes what comes in. */
  public interface Keeper {
    /** Takes {@code caller} over; called on a virtual thread of its own, which may block. */
    void accept(Caller caller);
  }
}
