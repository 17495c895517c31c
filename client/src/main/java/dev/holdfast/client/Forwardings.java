package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;

/**
 * All forwardings of a run: made with its first connection, and there again with each that follows.
 * Thread-safe.
 */
final class Forwardings implements AutoCloseable {
  private final ClientConfig config;
  private final Prompts person;
  private final PresentConnection connection = new PresentConnection();
  private final ForwardedConnections open = new ForwardedConnections();
  private final LocalForwards local;
  private final RemoteForwards remote;

  Forwardings(ClientConfig config, Prompts person) {
    this.config = config;
    this.person = person;
    local = new LocalForwards(config, connection, open, person);
    remote = new RemoteForwards(config, open, person);
  }

  /** What goes over {@code first} from now on, without listening anywhere. */
  void use(ClientConnection first) {
    connection.is(first);
  }

  /** Starts all of them; false if one does not work and ExitOnForwardFailure is set. */
  boolean start(ClientConnection first) {
    connection.is(first);
    boolean all = true;
    for (PortForward forward : config.get(ClientOptions.LOCAL_FORWARD)) {
      all &= local.listen(forward);
    }
    for (PortForward forward : config.get(ClientOptions.DYNAMIC_FORWARD)) {
      all &= local.listen(forward);
    }
    for (PortForward forward : config.get(ClientOptions.REMOTE_FORWARD)) {
      all &= remote.ask(first, forward);
    }
    if (!all && config.get(ClientOptions.EXIT_ON_FORWARD_FAILURE)) {
      person.tell("Could not request local forwarding.");
      return false;
    }
    return true;
  }

  /** The connection was lost. */
  void away() {
    connection.is(null);
  }

  /** Another connection took its place. */
  void follow(ClientConnection next) {
    connection.is(next);
    remote.askAgain(next);
  }

  /** What is led where standard input and output are (ssh(1), -W). */
  Duplex open(PortForward.Place place) throws IOException {
    return local.through(place, LocalForwards.NOBODY);
  }

  /** Does what a line of ~C says: -L, -R, -D, or -KL, -KR, -KD to cancel. */
  void command(String line) {
    ForwardLine.run(line, connection, local, remote, person);
  }

  /** A line for each forwarded connection. */
  String listed() {
    return open.listed();
  }

  /** Listens no more; what is connected goes on. */
  @Override
  public void close() {
    local.close();
  }
}
