package dev.holdfast.browser;

import dev.holdfast.forward.Deadline;
import dev.holdfast.forward.FarAddress;
import dev.holdfast.forward.FarFailure;
import dev.holdfast.forward.Server;
import dev.holdfast.forward.ServerState;
import dev.holdfast.forward.Trouble;
import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A server that the forwarder's sessions lead to. Thread-safe. */
public final class ServerFar implements FarSide {
  /** How long a page may wait for its server; then it is told why, and comes again. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Server server;

  /** That server. */
  public ServerFar(Server server) {
    this.server = server;
  }

  @Override
  public String login() {
    return server.name();
  }

  @Override
  public Duplex open(String host, int port) throws OpenFailure {
    try {
      return server.open(new FarAddress.Port(host, port), Deadline.in(PATIENCE));
    } catch (FarFailure e) {
      throw new OpenFailure(why(e.trouble()), e.trouble().words());
    } catch (IllegalArgumentException e) {
      throw new OpenFailure(
          OpenFailure.Why.NOTHING_LISTENS, "There is no such address: " + host + ".");
    }
  }

  private static OpenFailure.Why why(Trouble trouble) {
    return switch (trouble) {
      case Trouble.NotRunning _ -> OpenFailure.Why.NOTHING_LISTENS;
      case Trouble.Forbidden _ -> OpenFailure.Why.FORBIDDEN;
      case Trouble.Unreachable _,
          Trouble.NeedsPerson _,
          Trouble.UnknownHost _,
          Trouble.Misconfigured _,
          Trouble.Failed _ ->
          OpenFailure.Why.AWAY;
    };
  }

  @Override
  public byte[] run(String command, byte[] input, int mostOutput, Duration within)
      throws IOException {
    return server.exec(command, input, mostOutput, Deadline.in(within));
  }

  @Override
  public Standing standing() {
    ServerState state = server.state();
    long millis = state.roundTrip().map(Duration::toMillis).orElse(-1L);
    Optional<Trouble> trouble = state.trouble();
    String phase =
        switch (state.phase()) {
          case IDLE -> trouble.isPresent() ? "away" : "idle";
          case CONNECTING -> trouble.isPresent() ? "away" : "connecting";
          case CONNECTED -> "connected";
          case SUSPECT -> "suspect";
        };
    return new Standing(phase, millis);
  }

  @Override
  public Runnable watch(Runnable changed) {
    Server.Hold heard = server.listen(_ -> changed.run());
    return heard::close;
  }

  @Override
  public void servesBeside(String host, int port, int idle) {
    server.learn(new FarAddress.Port(host, port), idle);
  }
}
