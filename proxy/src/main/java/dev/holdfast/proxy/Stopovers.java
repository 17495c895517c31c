package dev.holdfast.proxy;

import dev.holdfast.link.Behind;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.Pipe;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.Entrant;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ways through a proxy that it interrupts to record them: towards the user it is the node, by a
 * certificate for the node's name, and towards the node it is the user, by a certificate that the
 * cluster gives for what he has just signed. Thread-safe.
 */
final class Stopovers implements Closeable {
  private static final SocketAddress HERE = new InetSocketAddress(0);

  private final BridgeEngines engines;
  private final FarEnds farEnds;
  private final RecordingOffice office;
  private final ProxyLog log;
  private final Map<String, Stopover> living = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param pause between two decisions about the same one
   */
  Stopovers(
      Judge judge,
      NodeRoads roads,
      Watch watch,
      RecordingOffice office,
      Duration pause,
      ProxyLog log) {
    this.office = office;
    this.log = log;
    farEnds = new FarEnds(judge, roads, watch, office, pause);
    Entrances counted = office.counted(this::enter);
    engines = new BridgeEngines(judge, office, counted, this::noted);
  }

  private Entrances.Entry enter(Login login, Entrant entrant) {
    Stopover it = living.get(login.connection());
    return it == null
        ? new Entrances.Entry.Refused("This connection leads nowhere; connect anew.")
        : farEnds.enter(it, login, entrant);
  }

  private LoginWatch noted(String node) {
    return new LoginWatch() {
      @Override
      public void loggedIn(Login login) {
        log.say(
            ProxyLog.Weight.NEWS,
            "recorded",
            "%s: %s at %s is recorded as '%s' on %s"
                .formatted(
                    login.connection(),
                    login.terms().user(),
                    login.from(),
                    Route.shown(login.user()),
                    node));
      }

      @Override
      public void refused(Refusal refusal) {
        log.say(
            ProxyLog.Weight.WARNING,
            "login-refused",
            "%s: '%s' from %s was not let through to %s (%d attempts)"
                .formatted(
                    refusal.connection(),
                    Route.shown(refusal.user()),
                    refusal.from(),
                    node,
                    refusal.attempts()));
      }
    };
  }

  /** What stands for the node to a user who has a channel to it. */
  Duplex open(Stopover stopover, SocketAddress from) throws IOException {
    String name = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    long since = System.nanoTime();
    Pipe pipe = new Pipe(from, HERE);
    Duplex far =
        new WatchedDuplex(
            pipe.far(),
            () ->
                office.happened(
                    new GateEvent.Left(
                        name,
                        from,
                        pipe.up(),
                        pipe.down(),
                        Duration.ofNanos(System.nanoTime() - since))));
    accept(stopover, far, name);
    return pipe.near();
  }

  /** What serves a stream that leads to the node. */
  Behind.Acceptor acceptor(Stopover stopover) {
    return (stream, name) -> {
      try {
        accept(stopover, stream, name);
      } catch (IOException e) {
        log.say(
            ProxyLog.Weight.WARNING,
            "bridge",
            "%s can't be recorded: %s".formatted(stopover.node().name(), e.getMessage()));
        stream.close();
      }
    };
  }

  private void accept(Stopover stopover, Duplex stream, String name) throws IOException {
    living.put(name, stopover);
    try {
      engines
          .of(stopover.node().name())
          .accept(new WatchedDuplex(stream, () -> living.remove(name)), name);
    } catch (IOException | RuntimeException e) {
      living.remove(name);
      throw e;
    }
  }

  /** Where clients find this proxy, HOST:PORT. */
  List<String> places() {
    return office.places();
  }

  /** Those that have not ended. */
  int size() {
    return living.size();
  }

  /** Ends all of them, and tells their users why. */
  void endAll(String why) {
    engines.endAll(why);
  }

  @Override
  public void close() {
    engines.close();
    farEnds.close();
  }
}
