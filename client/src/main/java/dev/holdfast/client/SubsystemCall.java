package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subsystem of a server, reached as {@code ssh -s} reaches it: by the person's own configuration,
 * keys, agent and proxies.
 */
public final class SubsystemCall implements AutoCloseable {
  private final Road road;
  private final RemoteCommand running;

  private SubsystemCall(Road road, RemoteCommand running) {
    this.road = road;
    this.running = running;
  }

  /**
   * Whom to call, and how.
   *
   * @param host as it is typed
   * @param options lines as behind {@code -o}
   * @param file in place of the usual configurations; "none" for no file
   * @param check knows the server
   * @param keys to log in with; if there are none, those of the configuration
   */
  public record Plan(
      String host,
      List<String> options,
      Optional<String> file,
      HostKeyCheck check,
      List<KeyPair> keys) {
    public Plan {
      options = List.copyOf(options);
      keys = List.copyOf(keys);
    }
  }

  /**
   * Logs in and starts the subsystem {@code name}.
   *
   * @param err where the person is told something
   */
  public static SubsystemCall open(Plan plan, String name, PrintStream err) throws IOException {
    ConfigQuery query = new ConfigQuery(plan.host(), plan.options(), plan.file(), "");
    ClientConfig config = ClientConfig.read(query, Surroundings.ofProcess());
    Prompts prompts = new Prompts(config.surroundings().environment(), err, false);
    Road road = new Road(prompts, LinkWatch.SILENT);
    try {
      ClientConnection connection = road.reach(config, plan.check(), plan.keys());
      SessionPlan session =
          new SessionPlan(new SessionRequest.Subsystem(name), Optional.empty(), Map.of(), false);
      return new SubsystemCall(road, connection.start(session));
    } catch (IOException | RuntimeException e) {
      road.close();
      throw e;
    }
  }

  /** Asks the person at the terminal; null if nobody answers. */
  public static @Nullable String ask(String prompt, boolean echo, PrintStream err)
      throws IOException {
    return new Prompts(Surroundings.ofProcess().environment(), err, false).answer(prompt, echo);
  }

  /** What the subsystem says. */
  public InputStream in() {
    return running.stdout();
  }

  /** What is said to it. */
  public OutputStream out() {
    return running.stdin();
  }

  @Override
  public void close() {
    running.close();
    road.close();
  }
}
