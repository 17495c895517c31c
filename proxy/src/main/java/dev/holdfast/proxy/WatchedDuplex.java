package dev.holdfast.proxy;

import dev.holdfast.link.Duplex;
import dev.holdfast.link.DuplexAround;

/** A connection of which somebody is told when it is closed. Thread-safe as the one inside. */
record WatchedDuplex(Duplex inner, Runnable closed) implements DuplexAround {
  @Override
  public void close() {
    inner.close();
    closed.run();
  }
}
