package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Logs in to servers, again and again, without a session: for who keeps connections for others.
 * What its connections share is made once. Thread-safe.
 */
public final class Logins implements AutoCloseable {
  /** For a connection, and for the login, where nobody has to type. */
  private static final Road.Haste ALONE =
      new Road.Haste(Duration.ofSeconds(15), Duration.ofSeconds(15));

  private final Ways ways;
  private final PromptsFor prompts;
  private final Road.Haste haste;

  /** Who is asked in one login. */
  private interface PromptsFor {
    Prompts of(Surroundings here, Hearer hearer);
  }

  /** Hears what a login has to say. Called on any thread, must not block. */
  public interface Hearer {
    /** Something for the person, in a sentence or several. */
    void told(String text);

    /** A question that nobody answered. */
    void asked(String prompt);

    /** Something happened to the link to the server. */
    void link(ClientEvent event);
  }

  private Logins(Ways ways, PromptsFor prompts, Road.Haste haste) {
    this.ways = ways;
    this.prompts = prompts;
    this.haste = haste;
  }

  /** In the background, where nobody can be asked. */
  public static Logins unattended(Consumer<String> faults) {
    return new Logins(
        new Ways(faults), (_, hearer) -> new Nobody(hearer::told, hearer::asked), ALONE);
  }

  /** With a person at the terminal. */
  public static Logins attended(PrintStream err) {
    return new Logins(
        new Ways(err::println),
        (here, _) -> new Prompts(here.environment(), err, false),
        Road.Haste.NONE);
  }

  /** What ssh's own arguments ask for (ssh(1)), before any file is read. */
  public static ConfigQuery query(List<String> arguments) throws ConfigFailure {
    try {
      return SshArguments.parse(arguments).query();
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
  }

  /** A login that stands; closing it ends it and the hosts on its way. */
  public interface Login extends AutoCloseable {
    ClientConnection connection();

    /** Ends it at once, without waiting for anybody. */
    @Override
    void close();
  }

  /** Connects and logs in. Blocks. */
  public Login reach(ClientConfig config, Hearer hearer) throws IOException {
    Road road = Road.among(ways, prompts.of(config.surroundings(), hearer), new Watch(hearer));
    boolean done = false;
    try {
      Road.Reached reached = road.reach(config, haste);
      if (reached.check().isUnsafe()) {
        throw new IOException(
            "The host key of %s has changed, so nothing is forwarded to it."
                .formatted(config.hostname()));
      }
      done = true;
      return new Reached(reached.connection(), road);
    } finally {
      if (!done) {
        road.close();
      }
    }
  }

  /** A server that was connected to, for a login by somebody else; closing it leaves it. */
  public interface Lent extends AutoCloseable {
    /** What SSH is to be spoken on. */
    Duplex stream();

    /** What there is to log in with. */
    Target target();

    /** Whether the server whose key was accepted is the one that was meant. */
    boolean isSafe();

    /** Lets keys and agent go: the login is done. */
    void loggedIn();

    @Override
    void close();
  }

  /** Connects. Blocks. */
  public Lent lend(ClientConfig config, Hearer hearer) throws IOException {
    Road road = Road.among(ways, prompts.of(config.surroundings(), hearer), new Watch(hearer));
    boolean done = false;
    try {
      Road.Readied ready = road.ready(config, haste);
      done = true;
      return new Begun(ready, road);
    } finally {
      if (!done) {
        road.close();
      }
    }
  }

  private record Begun(Road.Readied ready, Road road) implements Lent {
    @Override
    public Duplex stream() {
      return ready.stream();
    }

    @Override
    public Target target() {
      return ready.target();
    }

    @Override
    public boolean isSafe() {
      return !ready.check().isUnsafe();
    }

    @Override
    public void loggedIn() {
      ready.identities().close();
    }

    @Override
    public void close() {
      ready.identities().close();
      road.close();
    }
  }

  private static final class Reached implements Login {
    private final ClientConnection connection;
    private final Road road;
    private final AtomicBoolean closed = new AtomicBoolean();

    Reached(ClientConnection connection, Road road) {
      this.connection = connection;
      this.road = road;
    }

    @Override
    public ClientConnection connection() {
      return connection;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        Thread.ofVirtual().name("login-close").start(road::close);
      }
    }
  }

  private record Watch(Hearer hearer) implements LinkWatch {
    @Override
    public Consumer<ClientEvent> of(Destination to, boolean quiet, boolean verbose) {
      return hearer::link;
    }
  }

  /** Ends all of them. */
  @Override
  public void close() {
    ways.close();
  }
}
