package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.HeldLease;
import dev.holdfast.access.HeldLeases;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Leases;
import dev.holdfast.auth.SemaphoreHistory.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Nodes, auth services and a network in simulated time, from a seed, on a real database. Nodes and
 * services are stopped for up to three timeouts, at any place where they read their clocks; they
 * are killed and come back with empty memories; their clocks run at different speeds, and a node's
 * jump ahead by a minute; requests and answers are late, lost or come twice; transactions fail
 * midway. After everything that happens it is counted how many connections hold a lease that is
 * valid for their nodes: that is never one more than the limit.
 */
final class LeaseWorld {
  private static final int LIMIT = 2;
  private static final int NODES = 3;
  private static final LeaseTime TIME = LeaseRig.TIME;
  private static final long TIMEOUT = TIME.timeout().toNanos();
  private static final long END = 6 * TIMEOUT;
  private static final long MINUTE = 60_000_000_000L;

  private final Random random;
  private final List<Service> services = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final SemaphoreHistory history = new SemaphoreHistory(LIMIT);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Integer.compare(a.order, b.order));

  /** When each lease was valid last, or was asked for. */
  private final Map<String, Long> validLast = new LinkedHashMap<>();

  /** For each call, has it be one without an answer, unless it was answered. */
  private final List<Runnable> unsettled = new ArrayList<>();

  private final long seed;
  private long now;
  private int order;
  private boolean quiet;

  private record Event(long at, int order, Runnable what) {}

  LeaseWorld(List<Database> databases, long seed) {
    this.seed = seed;
    random = new Random(seed);
    for (int i = 0; i < 2; i++) {
      services.add(new Service(databases.get(i % databases.size())));
    }
    for (int i = 0; i < NODES; i++) {
      nodes.add(new Node("node" + i));
    }
  }

  void run() throws IOException {
    Database database = services.getFirst().database;
    LeaseRig.limit(database, LIMIT);
    database.transact(tx -> tx.update("delete from leases"));
    for (Node node : nodes) {
      at(0, node::step);
    }
    for (Service service : services) {
      at(0, service::step);
    }
    while (now < END) {
      Event next = events.remove();
      now = Math.max(now, next.at);
      next.what.run();
      count();
    }
    unsettled.forEach(Runnable::run);
    validLast.forEach((id, last) -> {
      // Twice: what came late may have taken it again.
      history.addUnanswered(Kind.EXPIRED, id, last);
      history.addUnanswered(Kind.EXPIRED, id, last);
    });
    assertThat(history.isLinearizable()).as("seed %d: %s", seed, history).isTrue();
    calmDown();
  }

  /** Once nothing fails any more, no slot stays taken that nobody holds. */
  private void calmDown() throws IOException {
    quiet = true;
    LeaseBook book =
        new LeaseBook(services.getFirst().database, services.getFirst().trail, TIME, () -> now);
    book.sweep();
    now += 2 * TIMEOUT;
    book.sweep();
    for (int i = 0; i < LIMIT; i++) {
      assertThat(book.of("last").take(LeaseRig.order()))
          .as("seed %d", seed)
          .isInstanceOf(LeaseAnswer.Held.class);
    }
  }

  private void count() {
    int valid = 0;
    for (Node node : nodes) {
      for (Map.Entry<String, HeldLease> one : node.connections.entrySet()) {
        if (one.getValue().isValid(node.clock())) {
          valid++;
          validLast.put(one.getKey(), now);
        }
      }
    }
    assertThat(valid).as("seed %d: connections at %d", seed, now).isLessThanOrEqualTo(LIMIT);
  }

  private void at(long delay, Runnable what) {
    events.add(new Event(now + delay, order++, what));
  }

  private boolean oneIn(int n) {
    return !quiet && random.nextInt(n) == 0;
  }

  /** Mostly short, now and then up to three timeouts. */
  private long delay() {
    return oneIn(12) ? random.nextLong(3 * TIMEOUT) : random.nextLong(TIMEOUT / 100);
  }

  /** The speed of a clock is off by up to 5 %. */
  private double speed() {
    return 0.95 + random.nextDouble() / 10;
  }

  /** The middle of a transaction, where it fails. */
  private static final class TxFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** An auth service. */
  private final class Service {
    private final Database database;
    private final AuditTrail trail;
    private LeaseBook book;
    private double speed = speed();
    private long ahead = random.nextLong();

    Service(Database database) {
      this.database = database;
      trail = new AuditTrail(database);
      book = begin();
    }

    private LeaseBook begin() {
      return new LeaseBook(database, trail, TIME, this::clock);
    }

    /** Whoever reads the clock may be stopped behind it, or fail. */
    private long clock() {
      long read = (long) (now * speed) + ahead;
      if (oneIn(40)) {
        now += random.nextLong(TIMEOUT / 2);
      }
      if (oneIn(30)) {
        throw new TxFailure();
      }
      return read;
    }

    void step() {
      if (oneIn(10)) {
        // Killed: what it observed is gone, and its clock is another one.
        speed = speed();
        ahead = random.nextLong();
        book = begin();
      }
      if (oneIn(10)) {
        // Suspended, with a clock that stands still meanwhile.
        ahead -= random.nextLong(TIMEOUT);
      }
      try {
        book.sweep();
      } catch (TxFailure | IOException e) {
        // The next one comes.
      }
      at(random.nextLong(TIMEOUT / 3), this::step);
    }
  }

  /** A node, one process after the other. */
  private final class Node {
    private final String name;
    private final Map<String, HeldLease> connections = new LinkedHashMap<>();
    private final List<String> released = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    private HeldLeases held = new HeldLeases();
    private String epoch = UUID.randomUUID().toString();
    private double speed = speed();
    private long ahead = random.nextLong();
    private long stoppedUntil;
    private int life;

    Node(String name) {
      this.name = name;
    }

    long clock() {
      return (long) (now * speed) + ahead;
    }

    void step() {
      at(1 + random.nextLong(TIMEOUT / 6), this::step);
      if (now < stoppedUntil) {
        return;
      }
      if (oneIn(40)) {
        stoppedUntil = now + random.nextLong(3 * TIMEOUT);
        return;
      }
      if (oneIn(40)) {
        die();
      }
      if (oneIn(40)) {
        ahead += MINUTE;
      }
      held.over(clock()).forEach(one -> close(one.id()));
      if (random.nextInt(4) == 0) {
        dial();
      }
      if (random.nextInt(6) == 0 && !connections.isEmpty()) {
        close(connections.keySet().iterator().next());
      }
      renew();
      release();
      drop();
    }

    private void die() {
      dead.add(epoch);
      epoch = UUID.randomUUID().toString();
      held = new HeldLeases();
      connections.clear();
      released.clear();
      life++;
    }

    private void close(String id) {
      held.remove(id);
      connections.remove(id);
      released.add(id);
    }

    private void dial() {
      LeaseOrder order =
          new LeaseOrder(UUID.randomUUID().toString(), LeaseRig.USER, epoch, "root", "");
      long asked = now;
      long sent = clock();
      validLast.put(order.id(), now);
      Consumer<LeaseAnswer> answered =
          answer -> {
            boolean granted = answer instanceof LeaseAnswer.Held;
            if (!granted && !(answer instanceof LeaseAnswer.Full)) {
              history.addUnanswered(Kind.ASKED, order.id(), asked);
              return;
            }
            history.add(granted ? Kind.GRANTED : Kind.FULL, order.id(), asked, now);
            HeldLease lease = new HeldLease(order.id(), TIME, false, sent);
            if (granted && lease.isValid(clock())) {
              held.add(lease);
              connections.put(order.id(), lease);
            } else if (granted) {
              released.add(order.id());
            }
          };
      Runnable lost =
          () -> {
            history.addUnanswered(Kind.ASKED, order.id(), asked);
            released.add(order.id());
          };
      call(
          node -> node.take(order),
          answered,
          lost,
          () -> history.addUnanswered(Kind.ASKED, order.id(), asked));
    }

    private void renew() {
      List<LeaseRenewal> due = held.due(clock());
      if (due.isEmpty()) {
        return;
      }
      long sent = clock();
      Consumer<Map<String, LeaseRenewal.State>> answered =
          states ->
              due.forEach(one -> {
                HeldLease lease = held.get(one.id()).orElse(null);
                if (lease != null && states.get(one.id()) == LeaseRenewal.State.HELD) {
                  lease.renewed(sent);
                } else if (lease != null) {
                  close(one.id());
                }
              });
      call(node -> node.renew(due), answered, () -> {}, () -> {});
    }

    private void release() {
      List<String> some = List.copyOf(released);
      long asked = now;
      if (some.isEmpty()) {
        return;
      }
      Runnable lost = () -> some.forEach(id -> history.addUnanswered(Kind.RELEASED, id, asked));
      Consumer<Boolean> answered =
          done -> {
            released.removeAll(some);
            some.forEach(id -> history.add(Kind.RELEASED, id, asked, now));
          };
      Call<Boolean> call =
          node -> {
            node.release(some);
            return true;
          };
      call(call, answered, lost, lost);
    }

    private void drop() {
      List<String> some = List.copyOf(dead);
      if (!some.isEmpty()) {
        Call<Boolean> call =
            node -> {
              node.drop(some);
              return true;
            };
        call(call, done -> dead.removeAll(some), () -> {}, () -> {});
      }
    }

    /** A call of one of the services, over a network that does what it likes. */
    private <T> void call(Call<T> call, Consumer<T> answered, Runnable lost, Runnable twice) {
      Service service = services.get(random.nextInt(services.size()));
      int calling = life;
      boolean[] settled = new boolean[1];
      Consumer<Runnable> settle =
          how -> {
            if (!settled[0]) {
              settled[0] = true;
              if (calling == life) {
                how.run();
              } else {
                lost.run();
              }
            }
          };
      if (!oneIn(10)) {
        at(
            delay(),
            () -> serve(service, call, answer -> settle.accept(() -> answered.accept(answer))));
      }
      if (oneIn(10)) {
        twice.run();
        at(delay(), () -> serve(service, call, answer -> {}));
      }
      Runnable givesUp = () -> settle.accept(lost);
      at(TIMEOUT / 4, givesUp);
      unsettled.add(givesUp);
    }

    private <T> void serve(Service service, Call<T> call, Consumer<T> answered) {
      T answer;
      try {
        answer = call.on(service.book.of(name));
      } catch (TxFailure e) {
        return;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      if (!oneIn(10)) {
        at(delay(), () -> whenAwake(() -> answered.accept(answer)));
      }
    }

    private void whenAwake(Runnable what) {
      if (now < stoppedUntil) {
        at(stoppedUntil - now, () -> whenAwake(what));
      } else {
        what.run();
      }
    }
  }

  /** What a node asks. */
  private interface Call<T> {
    T on(Leases leases) throws IOException;
  }
}
