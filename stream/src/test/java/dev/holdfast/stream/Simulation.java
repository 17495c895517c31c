package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client, a server and the wires between them, in simulated time and from one seed: a stream is
 * carried to its end whatever the wires do.
 *
 * <p>Invariants, by name: <em>every byte once, in order</em> ({@link Program}); <em>nothing
 * acknowledged is resent</em> ({@link Dialect.Referee}); <em>memory stays below its bound</em>;
 * <em>both ends learn of the end</em>; <em>progress: once the wires are good, everything is
 * delivered</em>; <em>no memory is left</em>.
 */
final class Simulation {
  /** How long a server keeps a stream without a link. */
  static final long PATIENCE = 60 * Timeline.SECOND;

  /**
   * How long a server knows a stream that is complete on its side: the client may have missed the
   * last acknowledgement and come back for it.
   */
  static final long LAST_WORD = 30 * Timeline.SECOND;

  /** How long an opening may take. */
  static final long OPENING = 10 * Timeline.SECOND;

  /**
   * How long after the last fault everything must be over: dead links are found, ghosts are gone.
   */
  static final long GRACE = 300 * Timeline.SECOND;

  /** Refusals in a row that a client believes: the first may be of a hello that was damaged. */
  private static final int CERTAIN = 2;

  private static final long MOST_HAPPENINGS = 2_000_000;

  /** What is carried, over what. */
  record Plan(
      Program.Script client,
      Program.Script server,
      Program.Pace clientPace,
      Program.Pace serverPace,
      Wire.Path path,
      boolean clientCloses,
      Weather weather) {}

  /** What happens to the wires. */
  interface Weather {
    Wire.Fault toServer(int wire);

    Wire.Fault toClient(int wire);

    /** When all wires, new and old, are as good as they will be. */
    long goodFrom();

    /** When the client dials although its link is fine: pauses between, none if empty. */
    List<Long> replacements();
  }

  private final Dialect dialect;
  private final Plan plan;
  private final RandomGenerator random;
  private final Timeline time = new Timeline();
  private final Chunks chunks;
  private final long lentBefore;
  private final ServerSide server;
  private final ClientSide client;
  private final List<Port> ports = new ArrayList<>();
  private final @Nullable List<String> journal;
  private int wires;

  /**
   * Runs {@code plan} from {@code seed} to its end and checks it; if that fails, once more to tell
   * what happened.
   *
   * @param chunks memory of both sides
   * @return how many wires were used
   */
  static int run(Dialect dialect, Chunks chunks, long seed, Plan plan) {
    try {
      Simulation simulation = new Simulation(dialect, chunks, seed, plan, null);
      simulation.run();
      return simulation.wires;
    } catch (AssertionError | RuntimeException e) {
      List<String> journal = new ArrayList<>();
      try {
        new Simulation(dialect, new Chunks(1 << 30), seed, plan, journal).run();
      } catch (AssertionError | RuntimeException again) {
        journal.add(again.toString());
      }
      String told = String.join("\n", journal);
      throw new AssertionError("seed " + seed + ", " + plan + "\n" + told, e);
    }
  }

  private Simulation(
      Dialect dialect, Chunks chunks, long seed, Plan plan, @Nullable List<String> journal) {
    this.dialect = dialect;
    this.chunks = chunks;
    this.lentBefore = chunks.lent();
    this.plan = plan;
    this.journal = journal;
    this.random = new SplittableRandom(seed);
    this.server = new ServerSide();
    this.client = new ClientSide();
  }

  private void run() {
    client.begin();
    while (!isOver() && time.step()) {
      require(time.count() < MOST_HAPPENINGS, "bounded effort");
      require(
          time.now() < plan.weather.goodFrom() + GRACE,
          "progress: once the wires are good, everything is delivered");
      checkMemory();
    }
    checkEnd();
  }

  private boolean isOver() {
    return client.isDone() && server.isDone() && ports.stream().allMatch(Port::isOver);
  }

  private void checkMemory() {
    checkMemory(client.endpoint);
    server.served.keySet().forEach(this::checkMemory);
  }

  private void checkMemory(Endpoint endpoint) {
    int unread = Math.max(LinkV1.UNREAD_BOUND, endpoint.window().size()) + 64 * 1024;
    require(endpoint.unreadBytes() <= unread, "memory stays below its bound");
    require(
        endpoint.unackedBytes() <= dialect.unackedBound() + Endpoint.AHEAD,
        "memory stays below its bound");
  }

  /** Called too often for anything dearer. */
  private static void require(boolean condition, String invariant) {
    if (!condition) {
      throw new AssertionError(invariant);
    }
  }

  private void checkEnd() {
    assertThat(isOver()).as("both ends learn of the end").isTrue();
    assertThat(client.isGone).as("the stream is never lost").isFalse();
    assertThat(client.program.hasEverything()).as("everything is delivered to the client").isTrue();
    assertThat(client.endpoint.inputEnded()).as("both ends learn of the end").isTrue();
    List<Program> complete =
        server.served.values().stream().filter(Program::hasEverything).toList();
    assertThat(complete).as("everything is delivered to the server").isNotEmpty();
    Endpoint other = mostAdvanced(complete);
    assertThat(other.inputEnded()).as("both ends learn of the end").isTrue();
    assertThat(client.endpoint.isComplete() || other.isComplete()).as("a clean end").isTrue();
    assertThat(chunks.lent()).as("no memory is left").isEqualTo(lentBefore);
  }

  /** Of an opening that was lost there may be a second stream, whose client never came back. */
  private static Endpoint mostAdvanced(List<Program> programs) {
    return programs.stream()
        .map(Program::endpoint)
        .max(Comparator.comparing(Endpoint::inputEnded).thenComparing(Endpoint::isComplete))
        .orElseThrow();
  }

  private void note(String what) {
    if (journal != null) {
      String servers = server.served.keySet().stream().map(Simulation::state).toList().toString();
      String client = state(this.client.endpoint);
      journal.add(
          "%.3f s %s: client %s, server %s".formatted(time.now() / 1e9, what, client, servers));
    }
  }

  private static String state(Endpoint endpoint) {
    return "acked %d sent %d written %d%s received %d unread %d%s%s%s"
        .formatted(
            endpoint.acked(),
            endpoint.sent(),
            endpoint.written(),
            endpoint.isFinished() ? " finished" : "",
            endpoint.received(),
            endpoint.unreadBytes(),
            endpoint.peerEnd() >= 0 ? " peer finished" : "",
            endpoint.end().map(end -> " " + end.reason()).orElse(""),
            endpoint.link().isPresent() ? " linked" : "");
  }

  private void connect(int leniency) {
    int number = wires++;
    note("wire " + number + " dialled");
    boolean isGood = time.now() >= plan.weather.goodFrom();
    Wire wire =
        new Wire(
            time,
            random,
            plan.path,
            isGood ? Wire.Fault.NONE : plan.weather.toServer(number),
            isGood ? Wire.Fault.NONE : plan.weather.toClient(number));
    Dialect.Referee referee = dialect.referee();
    Port ours =
        new Port(
            time, random, client.dialer.dial(time.now(), leniency), wire, client, referee, true);
    Port theirs =
        new Port(time, random, server.acceptor.accept(time.now()), wire, server, referee, false);
    wire.toServer.connect(ours, theirs);
    wire.toClient.connect(theirs, ours);
    ports.add(ours);
    ports.add(theirs);
    client.ports.add(ours);
    time.after(OPENING, () -> giveUpOpening(ours));
    time.after(OPENING, () -> giveUpOpening(theirs));
    time.after(plan.path.delayNanos(), theirs::pump);
    ours.pump();
  }

  private static void giveUpOpening(Port port) {
    if (!port.conversation().isOpen()) {
      port.abort();
    }
  }

  /** The client's driver: dials again when the link is lost, and beside it when it is suspect. */
  private final class ClientSide implements Port.Owner {
    final Endpoint endpoint = new Endpoint(chunks, new Window());
    final Dialect.Client dialer = dialect.client(endpoint, chunks, random);
    final Program program =
        new Program(
            endpoint,
            time,
            plan.clientPace,
            plan.client,
            plan.server,
            dialect.hasHalfClose(),
            plan.clientCloses);
    final List<Port> ports = new ArrayList<>();
    boolean isGone;
    private boolean dialing;
    private int leniency = 1;
    private long progress;
    private final Set<Port> refusals = new HashSet<>();

    void begin() {
      program.afterActing(this::acted);
      program.act();
      connect(leniency);
      long at = 0;
      for (long pause : plan.weather.replacements()) {
        at += pause;
        time.at(at, this::replace);
      }
    }

    boolean isDone() {
      boolean isEnded = endpoint.end().isPresent() && endpoint.readable() == null;
      return isGone || endpoint.isComplete() || isEnded;
    }

    private void acted() {
      List.copyOf(ports).forEach(Port::pump);
      settle();
    }

    private void replace() {
      if (!isDone()) {
        connect(leniency);
      }
    }

    @Override
    public void progressed(Port port) {
      program.act();
      Link link = port.conversation().link();
      boolean isSuspect =
          link != null && port.isAttached() && time.now() >= link.suspectAt() && !port.isOver();
      long delivered = endpoint.acked() + endpoint.received();
      if (delivered > progress) {
        progress = delivered;
        leniency = 1;
        refusals.clear();
      }
      if (isSuspect && ports.stream().allMatch(it -> it == port) && !isDone()) {
        leniency = Math.min(64, 2 * leniency);
        connect(leniency);
      }
      if (port.conversation().isRefused()) {
        refusals.add(port);
      }
      if (refusals.size() == CERTAIN && !isDone()) {
        endpoint.forgotten(new End(End.Reason.CLOSED, "The server no longer has the stream."));
        isGone = !endpoint.isComplete();
        List.copyOf(ports).forEach(Port::abort);
      }
      settle();
    }

    private void settle() {
      if (endpoint.end().isPresent() && endpoint.link().isEmpty()) {
        List.copyOf(ports).forEach(Port::abort);
      }
    }

    @Override
    public void gone(Port port) {
      note("client lost wire " + Simulation.this.ports.indexOf(port) / 2);
      ports.remove(port);
      if (ports.isEmpty() && !isDone() && !dialing) {
        dialing = true;
        time.after(Timeline.MILLI + random.nextLong(50 * Timeline.MILLI), this::redial);
      }
    }

    private void redial() {
      dialing = false;
      if (ports.isEmpty() && !isDone()) {
        connect(leniency);
      }
    }

    @Override
    public Program program(Port port) {
      return program;
    }
  }

  /** The server's driver: keeps streams without a link for a while. */
  private final class ServerSide implements Port.Owner {
    final Dialect.Server acceptor = dialect.server(this::stream, chunks, random);
    final Map<Endpoint, Program> served = new LinkedHashMap<>();
    private final Map<Endpoint, Long> lostAt = new LinkedHashMap<>();

    private Endpoint stream() {
      Endpoint endpoint = new Endpoint(chunks, new Window());
      Program program =
          new Program(
              endpoint,
              time,
              plan.serverPace,
              plan.server,
              plan.client,
              dialect.hasHalfClose(),
              !plan.clientCloses);
      program.afterActing(() -> acted(endpoint));
      served.put(endpoint, program);
      time.after(0, program::act);
      return endpoint;
    }

    boolean isDone() {
      return served.keySet().stream().allMatch(ServerSide::isDone);
    }

    private static boolean isDone(Endpoint endpoint) {
      boolean isEnded = endpoint.end().isPresent() && endpoint.readable() == null;
      return endpoint.isComplete() || isEnded;
    }

    private void acted(Endpoint endpoint) {
      ports.stream()
          .filter(it -> it.conversation().endpoint() == endpoint && !it.isOver())
          .toList()
          .forEach(Port::pump);
      settle(endpoint);
    }

    @Override
    public void progressed(Port port) {
      Endpoint endpoint = port.conversation().endpoint();
      Program program = program(port);
      if (endpoint != null && program != null) {
        program.act();
        settle(endpoint);
      }
    }

    private void settle(Endpoint endpoint) {
      if (endpoint.isComplete()) {
        time.after(LAST_WORD, () -> acceptor.forget(endpoint));
      } else if (isDone(endpoint)) {
        acceptor.forget(endpoint);
      }
    }

    @Override
    public void gone(Port port) {
      note("server lost wire " + ports.indexOf(port) / 2);
      Endpoint endpoint = port.conversation().endpoint();
      if (endpoint == null) {
        return;
      }
      settle(endpoint);
      lostAt.put(endpoint, time.now());
      time.after(PATIENCE, () -> endOfPatience(endpoint));
    }

    private void endOfPatience(Endpoint endpoint) {
      boolean isLong = time.now() - lostAt.getOrDefault(endpoint, 0L) >= PATIENCE;
      if (isLong && endpoint.link().isEmpty() && !isDone(endpoint)) {
        endpoint.forgotten(new End(End.Reason.TIMED_OUT, "No link came back."));
        settle(endpoint);
      }
    }

    @Override
    public @Nullable Program program(Port port) {
      Endpoint endpoint = port.conversation().endpoint();
      return endpoint == null ? null : served.get(endpoint);
    }
  }
}
