package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A simulated connection: two directions that keep their order, with delay, a bounded number of
 * bytes under way, and faults at chosen bytes.
 */
final class Wire {
  /**
   * After writing into a wire that swallows everything for so long, a side learns that it is dead.
   */
  static final long USER_TIMEOUT = 15 * Timeline.SECOND;

  /**
   * What happens to one direction.
   *
   * @param cutAt after so many bytes both sides lose the connection
   * @param silentAt from this byte on everything vanishes and nobody is told
   * @param stallAt this byte comes {@code stallNanos} late, and what follows not before it
   * @param damageAt one bit of this byte flips
   */
  record Fault(long cutAt, long silentAt, long stallAt, long stallNanos, long damageAt) {
    private static final long NEVER = Long.MAX_VALUE;
    static final Fault NONE = new Fault(NEVER, NEVER, NEVER, 0, NEVER);

    static Fault cut(long at) {
      return new Fault(at, NEVER, NEVER, 0, NEVER);
    }

    static Fault silent(long at) {
      return new Fault(NEVER, at, NEVER, 0, NEVER);
    }

    static Fault stall(long at, long nanos) {
      return new Fault(NEVER, NEVER, at, nanos, NEVER);
    }

    static Fault damage(long at) {
      return new Fault(NEVER, NEVER, NEVER, 0, at);
    }
  }

  /** How a good wire behaves. */
  record Path(long delayNanos, long jitterNanos, int capacity) {}

  private final Timeline time;
  private final RandomGenerator random;
  final Direction toServer;
  final Direction toClient;
  private boolean dead;

  Wire(Timeline time, RandomGenerator random, Path path, Fault toServer, Fault toClient) {
    this.time = time;
    this.random = random;
    this.toServer = new Direction(path, toServer);
    this.toClient = new Direction(path, toClient);
  }

  boolean isDead() {
    return dead;
  }

  /** Both sides lose the connection; what is under way is lost. */
  void cut() {
    if (dead) {
      return;
    }
    dead = true;
    toServer.tellLost();
    toClient.tellLost();
  }

  /** One way. Its port is the receiving end. */
  final class Direction {
    private final Path path;
    private final Fault fault;
    private @Nullable Port sender;
    private @Nullable Port receiver;
    private long written;
    private int underWay;
    private int freed;
    private long lastArrival;
    private boolean closed;
    private boolean doubted;
    private boolean stalled;

    private Direction(Path path, Fault fault) {
      this.path = path;
      this.fault = fault;
    }

    void connect(Port from, Port to) {
      sender = from;
      receiver = to;
    }

    int room() {
      return dead || closed ? 0 : path.capacity - underWay;
    }

    long written() {
      return written;
    }

    /** Takes the bytes of {@code source}, at most {@link #room()} of them. */
    void write(ByteBuffer source) {
      int bytes = source.remaining();
      long keep = Math.clamp(Math.min(fault.cutAt, fault.silentAt) - written, 0, bytes);
      underWay += bytes;
      deliver(source, (int) keep);
      written += bytes;
      if (written >= fault.cutAt) {
        time.at(lastArrival, Wire.this::cut);
      } else if (written > fault.silentAt && !doubted) {
        doubted = true;
        time.after(USER_TIMEOUT, Wire.this::cut);
      }
    }

    private void deliver(ByteBuffer source, int keep) {
      int done = 0;
      while (done < keep) {
        int piece = 1 + random.nextInt(Math.min(keep - done, 1 + random.nextInt(16 * 1024)));
        byte[] bytes = new byte[piece];
        source.get(bytes);
        long damaged = fault.damageAt - written - done;
        if (damaged >= 0 && damaged < piece) {
          bytes[(int) damaged] ^= (byte) (1 << random.nextInt(8));
        }
        arrive(written + done + piece, () -> receiver().deliver(bytes));
        done += piece;
      }
      source.position(source.limit());
    }

    private void arrive(long upTo, Runnable what) {
      long jitter = path.jitterNanos == 0 ? 0 : random.nextLong(path.jitterNanos);
      long late = upTo > fault.stallAt && !stalled ? fault.stallNanos : 0;
      stalled |= late > 0;
      lastArrival = Math.max(lastArrival, time.now() + path.delayNanos + jitter + late);
      time.at(
          lastArrival,
          () -> {
            if (!dead) {
              what.run();
            }
          });
    }

    /** The receiver took {@code bytes} bytes; the sender has room again a little later. */
    void consumed(int bytes) {
      if (freed == 0) {
        time.after(path.delayNanos, this::free);
      }
      freed += bytes;
    }

    private void free() {
      underWay -= freed;
      freed = 0;
      if (!dead && sender != null) {
        sender.pump();
      }
    }

    /** The sender ended its side in order. */
    void close() {
      if (!closed && !dead && written < fault.silentAt) {
        arrive(written, () -> receiver().ended());
      }
      closed = true;
    }

    private Port receiver() {
      if (receiver == null) {
        throw new IllegalStateException("not connected");
      }
      return receiver;
    }

    private void tellLost() {
      time.after(path.delayNanos, () -> receiver().lost());
    }
  }
}
