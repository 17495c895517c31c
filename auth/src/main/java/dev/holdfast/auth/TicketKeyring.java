package dev.holdfast.auth;

import dev.holdfast.access.Change;
import dev.holdfast.access.Ed25519;
import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import dev.holdfast.access.TicketException;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.access.WrongShapeException;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which a proxy signs and believes tickets, as its cluster hands them out: asked for
 * when they change and now and then, and kept in a file that nobody else may read, for a start
 * while nobody can be asked. Those that were not heard for {@link #KEPT} count no more.
 * Thread-safe.
 */
public final class TicketKeyring implements Supplier<TicketKeys>, AutoCloseable {
  /** How long keys count that the cluster does not confirm: what a removed proxy gains by that. */
  public static final Duration KEPT = Duration.ofHours(1);

  /** The name of the file in the proxy's state directory. */
  public static final String FILE = "ticket_keys.json";

  /** Time between two times of asking that succeed, and between two of which the first failed. */
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final Duration AGAIN = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(TicketKeyring.class);

  private final Asking asking;
  private final String machine;
  private final Path file;
  private final InstantSource clock;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread;
  private volatile @Nullable Held held;
  private int forgotten;

  /** Asks the cluster for the keys. */
  @FunctionalInterface
  interface Asking {
    TicketKeySet ask() throws IOException;
  }

  /** Keys, and when the cluster said that they are. */
  private record Held(TicketKeys keys, Instant heard) {}

  /**
   * What is in the file.
   *
   * @param machine the id of the proxy that they were given to
   */
  record Kept(Instant heard, String machine, TicketKeySet keys) {}

  TicketKeyring(Asking asking, String machine, Path file, InstantSource clock) {
    this.asking = asking;
    this.machine = machine;
    this.file = file;
    this.clock = clock;
    thread = Thread.ofVirtual().name("holdfast-ticket-keys").unstarted(this::run);
  }

  /**
   * The keys of a proxy; asks for them at once if it has kept none that count.
   *
   * @param state the proxy's state directory
   * @param renewable how long a ticket of its may count
   */
  public static TicketKeyring open(Membership member, Path state, Duration renewable)
      throws IOException {
    TicketKeyring ring =
        new TicketKeyring(
            () -> member.ticketKeys(renewable),
            member.id(),
            state.resolve(FILE),
            InstantSource.system());
    ring.load();
    if (!ring.get().canSign()) {
      ring.learn();
    }
    member.watch(ring::take);
    ring.thread.start();
    return ring;
  }

  /** The keys that count now; none if the cluster was not heard for too long. */
  @Override
  public TicketKeys get() {
    Held now = held;
    return now == null || !counts(now.heard()) ? TicketKeys.NONE : now.keys();
  }

  private boolean counts(Instant heard) {
    return Duration.between(heard, clock.instant()).abs().compareTo(KEPT) < 0;
  }

  void take(Change change) {
    if (change instanceof Change.TicketKeysChanged || change instanceof Change.Missed) {
      due.release();
    } else if (change instanceof Change.NodeRemoved(String id, String _) && id.equals(machine)) {
      forget();
    }
  }

  private void run() {
    try {
      while (true) {
        boolean learned = learn();
        long pause = (learned ? PAUSE : AGAIN).toMillis();
        long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
        if (due.tryAcquire(jittered, TimeUnit.MILLISECONDS)) {
          due.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // The proxy ends.
    }
  }

  /** Asks for the keys; whether they were told. */
  boolean learn() {
    int before = forgotten();
    try {
      return hold(asking.ask(), before);
    } catch (NoMemberException e) {
      forget();
    } catch (IOException | IllegalArgumentException e) {
      log.debug("the keys for tickets are not known anew: {}", e.getMessage());
    }
    return false;
  }

  private synchronized int forgotten() {
    return forgotten;
  }

  /** Not if they were asked for before the machine was removed. */
  private synchronized boolean hold(TicketKeySet told, int before) throws IOException {
    if (forgotten != before) {
      return false;
    }
    Instant now = clock.instant();
    held = new Held(keys(told), now);
    save(new Kept(now, machine, told));
    return true;
  }

  private static TicketKeys keys(TicketKeySet told) throws IOException {
    Base64.Decoder base64 = Base64.getDecoder();
    try {
      KeyPair pair =
          new KeyPair(
              Ed25519.publicKey(base64.decode(told.signs())),
              Ed25519.privateKey(base64.decode(told.secret())));
      return new TicketKeys(
          TicketKey.of(pair), decoded(told.believed()), decoded(told.withdrawn()));
    } catch (TicketException | InvalidKeyException e) {
      throw new IOException("The cluster's keys for tickets can't be used.", e);
    }
  }

  private static List<byte[]> decoded(List<String> keys) {
    return keys.stream().map(Base64.getDecoder()::decode).toList();
  }

  // ---- the file ----

  /** Begins with what was kept, if it still counts. */
  void load() throws IOException {
    Optional<Kept> kept = read();
    if (kept.isPresent()
        && kept.get().machine().equals(machine)
        && counts(kept.get().heard())
        && held == null) {
      held = new Held(keys(kept.get().keys()), kept.get().heard());
    }
  }

  private Optional<Kept> read() throws IOException {
    try {
      return Optional.of(Records.readOfPeer(Json.parse(Files.readString(file)), Kept.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (WrongShapeException e) {
      log.warn("{} is not what a proxy keeps; the cluster is asked anew.", file);
      return Optional.empty();
    }
  }

  private void save(Kept kept) {
    try {
      WholeFile.replace(file, Records.write(kept).line() + "\n", WholeFile.OWN);
    } catch (IOException e) {
      log.warn("The keys for tickets can't be kept in {}: {}", file, e.getMessage());
    }
  }

  /** This machine is no proxy of the cluster any more. */
  private synchronized void forget() {
    forgotten++;
    held = null;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} can't be removed: {}", file, e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
