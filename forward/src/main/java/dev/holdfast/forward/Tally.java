package dev.holdfast.forward;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a forward has carried, and what went wrong last. Thread-safe. */
final class Tally {
  private final Set<Carrier> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private volatile @Nullable String lastError;

  /** What carries bytes for it. */
  interface Carrier {
    /** Bytes to the server. */
    long sent();

    /** Bytes from the server. */
    long received();
  }

  void begins(Carrier stream) {
    open.add(stream);
    lastError = null;
  }

  void ends(Carrier stream) {
    if (open.remove(stream)) {
      sent.addAndGet(stream.sent());
      received.addAndGet(stream.received());
    }
  }

  void failed(String words) {
    lastError = words;
  }

  int connections() {
    return open.size();
  }

  long sent() {
    return sent.get() + open.stream().mapToLong(Carrier::sent).sum();
  }

  long received() {
    return received.get() + open.stream().mapToLong(Carrier::received).sum();
  }

  Optional<String> lastError() {
    return Optional.ofNullable(lastError);
  }
}
