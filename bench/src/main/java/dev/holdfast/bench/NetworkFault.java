package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What happens to the network, or to the machine of the client, while somebody works. */
sealed interface NetworkFault {
  /** Its name in tables. */
  String label();

  /** Does it; returns when everything could go on, as {@link System#nanoTime} tells it then. */
  long happen(WideNetwork network, List<ProcessHandle> clients) throws IOException;

  /** Nothing passes for some time; then all that was there is there again. */
  record Silence(Duration length) implements NetworkFault {
    @Override
    public String label() {
      return "silent for " + length.toSeconds() + " s";
    }

    @Override
    public long happen(WideNetwork network, List<ProcessHandle> clients) throws IOException {
      network.tell("cut");
      rest(length);
      network.tell("heal");
      return System.nanoTime();
    }
  }

  /** The processes of the client do not run for some time. */
  record Sleep(Duration length) implements NetworkFault {
    @Override
    public String label() {
      return "asleep for " + length.toSeconds() + " s";
    }

    @Override
    public long happen(WideNetwork network, List<ProcessHandle> clients) throws IOException {
      signal("-STOP", clients);
      rest(length);
      signal("-CONT", clients);
      return System.nanoTime();
    }
  }

  /** All at once. */
  enum Sudden implements NetworkFault {
    /** Both ends of every TCP connection are told that it is no more. */
    RESET("connections reset"),
    /** The machine has another address, and knows it. */
    ADDRESS("another address"),
    /** Another public address, of which nobody is told; the old flows lead nowhere. */
    PUBLIC_ADDRESS("another public address"),
    /** The box on the way has forgotten all flows, and swallows what belongs to none. */
    NAT("NAT started anew");

    private static final AtomicInteger ADDRESSES = new AtomicInteger(2);
    private static final int FIRST = 3;
    private static final int MANY = 200;

    private final String label;

    Sudden(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public long happen(WideNetwork network, List<ProcessHandle> clients) throws IOException {
      int last = FIRST + ADDRESSES.getAndIncrement() % MANY;
      network.tell(
          switch (this) {
            case RESET -> "rst inject";
            case ADDRESS -> "readdr 10.77.1." + last + "/24";
            case PUBLIC_ADDRESS -> "roam 203.0.113." + last;
            case NAT -> "rst";
          });
      return System.nanoTime();
    }
  }

  private static void rest(Duration length) {
    long until = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }

  private static void signal(String signal, List<ProcessHandle> processes) throws IOException {
    var command = new ArrayList<>(List.of("kill", signal));
    processes.forEach(each -> command.add(Long.toString(each.pid())));
    WideNetwork.run(command.toArray(String[]::new));
  }
}
