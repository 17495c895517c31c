package dev.holdfast.client;

import dev.holdfast.link.Confinement;
import dev.holdfast.link.UnsupportedHostException;
import dev.holdfast.ssh.Agent;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Looks at what lets sessions end that should not: this machine's files and agent, the way to a
 * server, and the server. For one run.
 */
public final class Doctor {
  private static final int PINGS = 5;

  private final Surroundings here;
  private final Stdio stdio;
  private final LinkWatch watch;
  private final Consumer<String> progress;

  /**
   * A doctor.
   *
   * @param progress told what is being done, for people
   */
  public Doctor(Surroundings here, Stdio stdio, LinkWatch watch, Consumer<String> progress) {
    this.here = here;
    this.stdio = stdio;
    this.watch = watch;
    this.progress = progress;
  }

  /** What there is to find without a server. */
  public List<Finding> atHome() throws IOException {
    List<Finding> found = new ArrayList<>(new HomeCheck(here).findings());
    try {
      found.add(agent(ClientConfig.read(ConfigQuery.of("localhost"), here)));
    } catch (IOException e) {
      unreadable(e, found);
    }
    found.add(confinement());
    return found;
  }

  /** Where it can't be done all works the same, with the rights of its user. */
  private static Finding confinement() {
    try {
      return switch (Confinement.extent()) {
        case WHOLE ->
            Finding.ok(
                "confinement",
                "The process behind a browser window can be confined to its server and its own"
                    + " files.");
        case CALLS ->
            Finding.of(
                Finding.Level.NOTE,
                "confinement",
                "The process behind a browser window can be confined to its server, but it could"
                    + " read your files: this kernel has no Landlock.",
                "Linux 5.13 has it; 'lsm=' on the kernel's command line may have switched it off.");
      };
    } catch (UnsupportedHostException e) {
      return Finding.of(
          Finding.Level.NOTE,
          "confinement",
          "The process behind a browser window can't be confined: " + e.getMessage(),
          "Windows work all the same; a newer Linux would keep keys and files from what servers"
              + " send.");
    }
  }

  /** The configuration can't be read, and nothing found so far says why. */
  private static void unreadable(IOException e, List<Finding> found) {
    if (found.stream().allMatch(it -> it.level().compareTo(Finding.Level.NOTE) <= 0)) {
      found.add(
          Finding.of(
              Finding.Level.PROBLEM,
              "configuration",
              String.valueOf(e.getMessage()),
              "Correct it: until then ssh and holdfast connect to nobody."));
    }
  }

  private static Finding agent(ClientConfig config) {
    Optional<Path> socket = Identities.agentPath(config);
    if (socket.isEmpty()) {
      return Finding.of(
          Finding.Level.NOTE,
          "agent",
          "No agent is running: a key with a passphrase asks for it once in each run.",
          "Start one (eval $(ssh-agent)) and add the key (ssh-add), so that nothing is asked.");
    }
    try (Agent agent = Agent.connect(socket.get())) {
      int keys = agent.keys().size();
      return keys > 0
          ? Finding.ok("agent", "The agent has " + keys + (keys == 1 ? " key." : " keys."))
          : Finding.of(
              Finding.Level.NOTE, "agent", "The agent has no key.", "Add one with ssh-add.");
    } catch (IOException | RuntimeException e) {
      return Finding.of(
          Finding.Level.WARNING,
          "agent",
          "There is an agent's socket, " + socket.get() + ", and nobody answers there.",
          "Start the agent anew, or correct SSH_AUTH_SOCK.");
    }
  }

  /**
   * What there is to find about a server and the way to it.
   *
   * @param arguments as ssh's, up to the host
   * @param most how long to look for the way's patience; zero not to look
   * @param forAll whether a setting is for all hosts
   */
  public List<Finding> at(List<String> arguments, Duration most, boolean forAll)
      throws IOException, InterruptedException {
    ClientConfig config;
    try {
      config = ClientConfig.read(SshArguments.parse(arguments).query(), here);
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
    Prompts prompts = new Prompts(here.environment(), stdio.err(), false);
    List<Finding> found = new ArrayList<>();
    try (Road road = new Road(prompts, watch)) {
      long begun = System.nanoTime();
      progress.accept("logging in to " + config.hostname());
      ClientConnection connection = road.reach(config).connection();
      found.add(reached(connection, System.nanoTime() - begun));
      progress.accept("looking at the server");
      found.addAll(new ServerCheck(connection).findings());
      if (most.isPositive()) {
        found.add(patience(config, road, most, forAll));
      }
    } catch (LoginRefused e) {
      found.add(
          Finding.of(
              Finding.Level.PROBLEM,
              "login",
              String.valueOf(e.getMessage()),
              "Check the name, the key, and whom you are connected to."));
    }
    return found;
  }

  private static Finding reached(ClientConnection connection, long tookNanos)
      throws InterruptedException {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < PINGS; i++) {
      long sent = System.nanoTime();
      try {
        connection.ping().get(NatPatience.ANSWER.toSeconds(), TimeUnit.SECONDS);
        best = Math.min(best, System.nanoTime() - sent);
      } catch (ExecutionException | TimeoutException e) {
        return Finding.of(
            Finding.Level.PROBLEM,
            "way",
            "The server let you in, and then answered no more.",
            "Try again; if it is so again, look at the packets on the way.");
      }
    }
    return Finding.ok(
        "way",
        "Logged in within %d ms; a round trip takes %d ms."
            .formatted(
                TimeUnit.NANOSECONDS.toMillis(tookNanos), TimeUnit.NANOSECONDS.toMillis(best)));
  }

  private Finding patience(ClientConfig config, Road road, Duration most, boolean forAll)
      throws IOException, InterruptedException {
    List<Duration> plan = NatPatience.plan(most, least(most));
    NatPatience measured =
        NatPatience.measure(plan, () -> road.reach(config).connection(), progress);
    Duration wanted = measured.interval();
    Duration present = config.get(ClientOptions.SERVER_ALIVE_INTERVAL);
    String what =
        measured.dead().isEmpty()
            ? "A connection that was idle for %d s lives.".formatted(measured.alive().toSeconds())
            : "A connection that was idle for %d s is dead, one of %d s was not: something on the"
                    .formatted(measured.dead().get().toSeconds(), measured.alive().toSeconds())
                + " way forgets it.";
    if (present.isPositive() && present.compareTo(wanted) <= 0) {
      return Finding.ok(
          "keep-alive",
          what + " ServerAliveInterval is " + present.toSeconds() + ", which is often enough.");
    }
    String host = forAll ? "*" : config.host();
    Path file = here.home().resolve(".ssh/config");
    return Finding.of(
            measured.dead().isEmpty() ? Finding.Level.NOTE : Finding.Level.WARNING,
            "keep-alive",
            what,
            "Set ServerAliveInterval %d for %s in %s: --fix does it."
                .formatted(wanted.toSeconds(), forAll ? "all hosts" : host, file))
        .with(() ->
            "Written to %s: %s"
                .formatted(
                    file, new AliveSetting(file).write(host, wanted).strip().replace("\n ", ",")));
  }

  /** A short measurement has short steps. */
  private static Duration least(Duration most) {
    return most.compareTo(NatPatience.LEAST) < 0 ? Duration.ofSeconds(1) : NatPatience.LEAST;
  }
}
