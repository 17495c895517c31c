package dev.holdfast.browser;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The live sessions that pages have joined, by the names that the pages made. Thread-safe. */
final class GuestTable {
  /**
   * Sessions that are joined at a time: of the six connections that a browser has to one server
   * (HTTP/1.1), some are to be left for keys.
   */
  static final int MOST = 4;

  private final Map<String, Clusters.Guest> guests = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(MOST);

  /** How one is joined. */
  @FunctionalInterface
  interface Joining {
    Clusters.Guest join() throws IOException;
  }

  /** Joins one and tells what it shows, until it ends or the listener is gone. */
  void attend(String name, Joining joining, Clusters.Listener listener)
      throws IOException, InterruptedException {
    if (!places.tryAcquire()) {
      throw new IOException(
          "%d sessions are joined here already, the most that can be; leave one.".formatted(MOST));
    }
    try {
      if (guests.containsKey(name)) {
        throw new IOException("This page has joined already; load it again.");
      }
      watch(name, joining, listener);
    } finally {
      places.release();
    }
  }

  private void watch(String name, Joining joining, Clusters.Listener listener)
      throws IOException, InterruptedException {
    try (Clusters.Guest guest = joining.join()) {
      guests.put(name, guest);
      try {
        guest.watch(listener);
      } finally {
        guests.remove(name, guest);
      }
    }
  }

  /** Types in one; returns whether there is one that takes it. */
  boolean type(String name, byte[] keys) {
    Clusters.Guest guest = guests.get(name);
    try {
      if (guest != null) {
        guest.type(keys);
      }
      return guest != null;
    } catch (IOException e) {
      return false; // It has just ended, which its page is told.
    }
  }

  void leave(String name) {
    Clusters.Guest guest = guests.get(name);
    if (guest != null) {
      guest.close();
    }
  }
}
