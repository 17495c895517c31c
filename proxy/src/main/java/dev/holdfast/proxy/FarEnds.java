package dev.holdfast.proxy;

import dev.holdfast.link.Caller;
import dev.holdfast.ssh.Bridge;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Entrances.Entry;
import dev.holdfast.ssh.Entrances.Stay;
import dev.holdfast.ssh.Entrant;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SignedLogin;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.Target;
import dev.holdfast.ssh.Terms;
import java.io.Closeable;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The far ends of stopovers: SSH connections to nodes, made for users when they have logged in to
 * the proxy, as whom they have. Thread-safe.
 */
final class FarEnds implements Closeable {
  /** For a node to let somebody in. */
  static final Duration LOGIN = Duration.ofSeconds(20);

  private final Judge judge;
  private final NodeRoads roads;
  private final Watch watch;
  private final RecordingOffice office;
  private final Duration pause;
  private final ClientEngine client = ClientEngine.start();

  FarEnds(Judge judge, NodeRoads roads, Watch watch, RecordingOffice office, Duration pause) {
    this.judge = judge;
    this.roads = roads;
    this.watch = watch;
    this.office = office;
    this.pause = pause;
  }

  /** Why somebody does not come in. */
  private static final class Turned extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Turned(String sentence) {
      super(sentence);
    }
  }

  /** Lets somebody in who has logged in, once he is logged in at the node. */
  Entry enter(Stopover stopover, Login login, Entrant entrant) {
    try {
      String user =
          login.credential() instanceof Credential.Certificate certificate ? certificate.id() : "";
      if (!stopover.isOf(user, login) || !(login.guest() instanceof Bridge bridge)) {
        throw new Turned(
            "The way to %s was granted to another user or account; log in to both as the same one."
                .formatted(stopover.node().name()));
      }
      Judge.Wish wish =
          new Judge.Wish(user, login.user(), stopover.node(), Stopover.address(login.from()));
      Terms terms = terms(wish);
      ClientConnection server = connect(wish, login, entrant);
      bridge.open(entrant, server);
      return new Entry.Admitted(terms, stay(wish, login, entrant, server));
    } catch (Turned e) {
      return new Entry.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Terms terms(Judge.Wish wish) throws Turned {
    return switch (judge.decide(wish)) {
      case Judge.Verdict.Allowed(var options) -> new Terms(wish.user(), options);
      case Judge.Verdict.Denied(String why) ->
          throw new Turned(
              why.isEmpty()
                  ? "You may not reach '%s' as '%s'; ask whoever administers the cluster."
                      .formatted(wish.node().name(), Route.shown(wish.login()))
                  : why);
      case Judge.Verdict.Unanswered _ -> throw new Turned(Judge.UNANSWERED);
    };
  }

  private ClientConnection connect(Judge.Wish wish, Login login, Entrant entrant) throws Turned {
    String node = wish.node().name();
    KeyPair key = certified(wish, entrant);
    Caller road;
    try {
      road = roads.reach(wish.node(), new Traveller(Stopover.client(login.from()), false));
    } catch (IOException e) {
      throw new Turned(Route.offline(wish.node(), Instant.now()).sentence());
    }
    RecordingOffice.NodeCheck check = office.check(node);
    try {
      return client.connect(
          road.duplex(), new Target(wish.login(), List.of(key), check, false, LOGIN));
    } catch (SshFailure e) {
      throw new Turned(sentence(node, check, e));
    }
  }

  private static String sentence(String node, RecordingOffice.NodeCheck check, SshFailure e) {
    if (e.kind() == SshFailure.Kind.AUTHENTICATION) {
      return "Node '%s' does not let you in as that account; ask whoever administers it."
          .formatted(node);
    }
    return check
        .why()
        .map(why ->
            "Node '%s' can't be recorded, for it is not known to be it: %s; ask whoever administers it."
                .formatted(node, why))
        .orElseGet(() -> String.valueOf(e.getMessage()));
  }

  private KeyPair certified(Judge.Wish wish, Entrant entrant) throws Turned {
    SignedLogin signed =
        entrant.signed().orElseThrow(() -> new Turned("Log in by a certificate of the cluster."));
    KeyPair key = SshKeys.generateEd25519();
    try {
      String line =
          office.certifyLogin(
              new RecordingOffice.Errand(wish.node().name(), wish.from(), signed),
              SshKeys.wire(key.getPublic()));
      return SshKeys.certified(key, line);
    } catch (IOException | MalformedKeyException e) {
      throw new Turned(
          "The cluster gives this proxy no certificate for you now: " + e.getMessage());
    }
  }

  private Stay stay(Judge.Wish wish, Login login, Entrant entrant, ClientConnection server) {
    AtomicBoolean over = new AtomicBoolean();
    Watch.Way way = watch.over(wish, login.connection(), entrant::end, pause);
    server.whenOver(() -> {
      if (!over.get()) {
        entrant.end(
            server
                .goodbye()
                .orElse("The connection from the proxy to the node was lost; connect again."));
      }
    });
    return () -> {
      over.set(true);
      way.close();
      server.close();
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
