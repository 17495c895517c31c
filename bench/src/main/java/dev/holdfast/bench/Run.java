package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run of the bench: starts the processes, measures part after part, and ends them. */
final class Run {

  /** What can be measured. */
  enum Part {
    /** Throughput, CPU, round trips. */
    SPEED,
    /** How long a stream stands still when its links fail. */
    RECOVERY,
    /** Memory of thousands of idle connections. */
    IDLE,
    /** The node against OpenSSH's sshd. */
    NODE("the node against sshd", (plan, results) -> new NodeSpeed(plan, results).measure()),
    /** {@code holdfast ssh} against OpenSSH's ssh. */
    CLIENT("the client against ssh", (plan, results) -> new ClientSpeed(plan, results).measure()),
    /** Terminals in a network that fails, against peers. */
    SURVIVE("survival", (plan, results) -> new Survival(plan, results).measure()),
    /** Keys that are shown before the server answers, against peers. */
    TYPING("typing", (plan, results) -> new Typing(plan, results).measure()),
    /** {@code holdfast forward} against {@code ssh -N -L}. */
    FORWARD("forwards", (plan, results) -> new ForwardSpeed(plan, results).measure()),
    /** Our proxy against {@code ssh -J}. */
    PROXY("the proxy against ssh -J", (plan, results) -> new ProxySpeed(plan, results).measure()),
    /** Our proxy with thousands of sessions. */
    CROWD("a crowd at a proxy", (plan, results) -> new ProxyCrowd(plan, results).measure()),
    /** Leases against the SQL that they need. */
    LIMITS(
        "leases", (plan, results) -> new LeaseSpeed(plan.ssh().repetitions(), results).measure()),
    /** The node that records against the one that does not. */
    RECORDING("recording", (plan, results) -> new RecordingSpeed(plan, results).measure());

    private final String what;

    @SuppressWarnings("ImmutableEnumChecker") // it has no state
    private final @Nullable Alone alone;

    Part() {
      what = "";
      alone = null;
    }

    Part(String what, Alone alone) {
      this.what = what;
      this.alone = alone;
    }

    /** Whether it has contenders of its own. */
    boolean isAlone() {
      return alone != null;
    }

    /** Measures it if it stands alone; false if it could not be, which is then remarked. */
    boolean measure(Plan plan, Results results) {
      try {
        if (alone != null) {
          System.err.println("bench: " + what);
          alone.measure(plan, results);
        }
        return true;
      } catch (IOException e) {
        results.remark("Not measured: " + what + ": " + e.getMessage());
        return false;
      }
    }
  }

  /** Measures something that needs none of the contenders of the command line. */
  private interface Alone {
    void measure(Plan plan, Results results) throws IOException;
  }

  private static final int CONNECTIONS = 256;
  private static final int MEASURED_PORT = 0;
  private static final int IDLE_PORT = 1;

  private final Plan plan;
  private final List<Path> contenders;
  private final Set<Part> parts;
  private final Results results;
  private final Segments segments = new Segments();
  private final long startNanos = System.nanoTime();

  Run(Plan plan, List<Path> contenders, Set<Part> parts, Results results) {
    this.plan = plan;
    this.contenders = contenders;
    this.parts = parts;
    this.results = results;
  }

  /** Measures everything that can be; false if something could not, which is then remarked. */
  boolean measure() throws IOException {
    int sockets = IdleMemory.connections(plan) + CONNECTIONS;
    boolean whole = true;
    try (Child server = Child.start(OpenFiles.allow(sockets, Child.java(Service.class)))) {
      String[] ports = server.line().split(" ", 2);
      if (parts.contains(Part.SPEED) || parts.contains(Part.RECOVERY)) {
        whole = lanes(Integer.parseInt(ports[MEASURED_PORT]));
      }
      if (parts.contains(Part.IDLE)) {
        whole &= idle(Integer.parseInt(ports[IDLE_PORT]));
      }
    }
    return whole;
  }

  private boolean lanes(int port) throws IOException {
    var lanes = new ArrayList<Lane>();
    try {
      for (Path path : contenders) {
        lanes.add(Lane.start(path, port, CONNECTIONS));
      }
      var speed = new Speed(plan, lanes, results, segments);
      progress("warming up");
      speed.warmUp();
      boolean whole = true;
      if (parts.contains(Part.SPEED)) {
        for (Duration roundTrip : plan.roundTrips()) {
          progress("speed at " + roundTrip.toMillis() + " ms");
          whole &= tried("speed", () -> speed.measure(roundTrip));
        }
      }
      if (parts.contains(Part.RECOVERY)) {
        var recovery = new Recovery(plan, results, segments);
        for (Lane lane : lanes) {
          progress("recovery of " + lane.path().label());
          whole &= tried("recovery of " + lane.path().label(), () -> recovery.measure(lane));
        }
      }
      return whole;
    } finally {
      for (Lane lane : lanes) {
        lane.close();
      }
    }
  }

  private boolean idle(int port) throws IOException {
    boolean whole = true;
    int idle = IdleMemory.connections(plan);
    if (idle < plan.idle()) {
      results.remark(
          "Only %d idle connections instead of %d: the limit on open files (ulimit -Hn) allows no"
                  .formatted(idle, plan.idle())
              + " more, and may not be raised here.");
    }
    var memory = new IdleMemory(plan, results);
    for (Path path : contenders) {
      if (path != Baseline.DIRECT) {
        progress("memory of " + path.label());
        whole &= tried("memory of " + path.label(), () -> memory.measure(path, port));
      }
    }
    return whole;
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private boolean tried(String what, Attempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (IOException e) {
      results.remark("Not measured: " + what + ": " + e.getMessage());
      return false;
    }
  }

  private void progress(String what) {
    long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
    System.err.println("bench: " + seconds + " s: " + what);
  }
}
