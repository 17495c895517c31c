package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientConnection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The session of a run, which goes on over a new connection when one is lost: in a {@link
 * KeptSession} at a stock server, in a named session of a node, or anew where nothing keeps it.
 * Forwards come back with it. For one run.
 */
final class LastingSession {
  /** A connection that was lost sooner was hardly one. */
  private static final Duration SHORT_LIFE = Duration.ofSeconds(5);

  private final ClientConfig config;
  private final Road road;
  private final Stdio stdio;
  private final Prompts prompts;
  private final Forwardings forwardings;
  private final Consumer<ClientEvent> events;
  private final NewConnection newConnection;
  private final Tty tty = new Tty(Tty.STDIN);
  private final AtomicBoolean isLeaving = new AtomicBoolean();
  private final EscapeCommands escapes;
  private final Keyboard keyboard;
  private final SessionKind kind;
  private final LeftSession left = new LeftSession();
  private volatile @Nullable ClientConnection connection;
  private volatile @Nullable LinkGuard guard;
  private String lostBecause = "";

  LastingSession(
      ClientConfig config, Road road, Stdio stdio, Prompts prompts, Forwardings forwardings)
      throws IOException {
    this.config = config;
    this.road = road;
    this.stdio = stdio;
    this.prompts = prompts;
    this.forwardings = forwardings;
    events = road.links().events(config);
    newConnection = new NewConnection(config, road, prompts, events);
    escapes = new EscapeCommands(config, prompts, tty, road.links().log()::text, new Doing());
    kind = SessionKind.of(config, tty, prompts);
    keyboard =
        new Keyboard(
            kind.hasInput() ? stdio.in() : java.io.InputStream.nullInputStream(),
            kind.hasPty() ? config.get(ClientOptions.ESCAPE_CHAR) : -1,
            escapes::run,
            kind.hasPty() && tty.isTerminal(),
            prompts::bell);
  }

  /** Runs it over that connection, and those that follow; the status that ssh would exit with. */
  int run(Road.Reached first, Lent lent) throws IOException, InterruptedException {
    Road.Reached reached = first;
    boolean again = false;
    int shortLived = 0;
    if (kind.hasSession()) {
      keyboard.start();
    }
    try (LeftSession _ = left;
        Closeable _ = newConnection.onNetworkChange()) {
      while (true) {
        boolean isSafe = !reached.check().isUnsafe();
        if (again && isSafe) {
          forwardings.follow(reached.connection());
        }
        long begun = System.nanoTime();
        SessionWork.Outcome outcome = once(reached, isSafe ? lent : Lent.nothing(), again);
        if (outcome instanceof SessionWork.Outcome.Ended ended) {
          if (isLeaving.get()) {
            left.end();
          }
          return ended.status();
        }
        Farewells.standStill();
        boolean isShort = System.nanoTime() - begun < SHORT_LIFE.toNanos();
        shortLived = isShort ? shortLived + 1 : 0;
        Optional<String> goodbye = reached.connection().goodbye();
        if (goodbye.isPresent() && !isLeaving.get()) {
          return turnedAway(goodbye.get());
        }
        Road.Reached next = kind.lasts(reached.connection()) ? anew(shortLived) : null;
        if (next == null) {
          return lost();
        }
        reached = next;
        again = true;
      }
    } finally {
      tty.restore();
    }
  }

  private SessionWork.Outcome once(Road.Reached reached, Lent lent, boolean again)
      throws IOException, InterruptedException {
    ClientConnection now = reached.connection();
    connection = now;
    Optional<KeptSession> kept = kind.kept(now);
    left.at(now, kept);
    boolean lasts = kind.lasts(now);
    Optional<LinkGuard.Pace> pace =
        now.outlivesLinks()
            ? Optional.empty()
            : lasts ? Polling.lasting(config, kept.isPresent()) : Polling.plain(config);
    LinkGuard watching = pace.isPresent() ? guard(reached, pace.get()) : null;
    try (LinkGuard _ = watching;
        Closeable _ = watching == null ? () -> {} : watchNetwork(reached, watching)) {
      guard = watching;
      if (!kind.hasSession()) {
        now.awaitEnd();
        return new SessionWork.Outcome.Lost();
      }
      if (kept.isPresent() && !again) {
        keepWhatIsShown();
      }
      SessionWork.Wish wish =
          new SessionWork.Wish(
              kind.plan(now, tty, lent, again, prompts),
              kept.isPresent(),
              watching,
              road.links().log(),
              isLeaving);
      return new SessionWork(config, now, stdio, prompts, tty, keyboard, wish)
          .run(running -> escapes.now(now, running));
    } finally {
      String why = watching == null ? null : watching.lost();
      lostBecause = why == null ? "the connection was closed" : why;
      escapes.away();
      forwardings.away();
      guard = null;
    }
  }

  /** A multiplexer clears the screen; what is on it goes up into the terminal's scrollback. */
  private void keepWhatIsShown() throws IOException {
    if (new Tty(Tty.STDOUT).isTerminal() && tty.size().isPresent()) {
      String lines = "\r\n".repeat(Math.max(tty.size().get().rows() - 1, 0));
      stdio.out().write(lines.getBytes(StandardCharsets.US_ASCII));
    }
  }

  // The link.

  private LinkGuard guard(Road.Reached reached, LinkGuard.Pace pace) throws IOException {
    Optional<Destination> to = road.links().destinationOf(config);
    Optional<LinkGuard.OtherWay> otherWay =
        to.map(at -> most -> StreamClient.reaches(at, most, config.surroundings().environment()));
    return new LinkGuard(GuardedLine.of(reached.connection()), pace, otherWay, keyboard).start();
  }

  private Closeable watchNetwork(Road.Reached reached, LinkGuard watching) throws IOException {
    return road.links()
        .streams()
        .onNetworkChange(() -> {
          if (reached.from().isPresent() && !StreamClient.isLocal(reached.from().get())) {
            watching.leave("the address " + reached.from().get().getHostAddress() + " is gone");
          } else {
            watching.doubt();
          }
        });
  }

  private Road.@Nullable Reached anew(int shortLived) throws IOException, InterruptedException {
    long unsure = keyboard.unconfirmed();
    if (unsure > 0 && kind.hasPty()) {
      prompts.tell(
          "\nholdfast: %d %s typed last may be lost; nothing is sent twice."
              .formatted(unsure, unsure == 1 ? "byte" : "bytes"));
    }
    prompts.typedAt(keyboard);
    return isLeaving.get() ? null : newConnection.make(lostBecause, shortLived);
  }

  /** The server does not want the person to come back. */
  private int turnedAway(String why) {
    tty.restore();
    prompts.tell(why);
    return closed();
  }

  private int closed() {
    if (kind.hasPty()) {
      prompts.tell("Connection to " + config.hostname() + " closed.");
    }
    return SessionWork.FAILED;
  }

  private int lost() {
    tty.restore();
    if (!isLeaving.get()) {
      boolean isSilent = lostBecause.startsWith(LinkGuard.SILENT);
      prompts.tell(
          isSilent
              ? "Timeout, server " + config.hostname() + " not responding."
              : "Connection to " + config.hostname() + " closed by remote host.");
    }
    return closed();
  }

  /** What escape sequences do to all of it. */
  private final class Doing implements EscapeCommands.Doing {
    @Override
    public void leave() {
      isLeaving.set(true);
      left.end();
      newConnection.giveUp();
      ClientConnection now = connection;
      if (now != null) {
        now.close();
      }
    }

    @Override
    public void reconnect() {
      LinkGuard watching = guard;
      if (watching != null) {
        watching.leave("asked to reconnect");
      } else {
        lookAround();
      }
      newConnection.hurry();
    }

    private void lookAround() {
      try {
        road.links().streams().lookAround();
      } catch (IOException e) {
        prompts.tell(String.valueOf(e.getMessage()));
      }
    }

    /** On a thread of its own, since the keys come on this one. */
    @Override
    public void commandLine() {
      if (!config.get(ClientOptions.ENABLE_ESCAPE_COMMANDLINE)) {
        prompts.tell("commandline disabled");
        return;
      }
      prompts.typedAt(keyboard);
      Thread.ofVirtual()
          .start(() -> {
            String line = prompts.answer("ssh> ", true);
            if (line != null) {
              forwardings.command(line);
            }
          });
    }

    @Override
    public String forwards() {
      return forwardings.listed();
    }
  }
}
