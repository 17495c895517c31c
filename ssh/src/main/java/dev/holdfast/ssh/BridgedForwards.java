package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.util.Optional;

/** Forwards of the server behind a bridge. What may be is decided here first, and there again. */
record BridgedForwards(Bridge bridge) implements ForwardPlace {
  @Override
  public Duplex connect(Login login, String host, int port) throws IOException {
    return bridge.connect(host, port, login.from());
  }

  @Override
  public Duplex connect(Login login, String path) throws IOException {
    return bridge.connect(path);
  }

  @Override
  public Optional<Integer> listen(ForwardPolicy policy, String address, int port) {
    return policy.mayListen(address, port) ? bridge.listen(address, port) : Optional.empty();
  }

  @Override
  public boolean listen(ForwardPolicy policy, String path) {
    return policy.mayListenOnSocket() && bridge.listen(path);
  }

  @Override
  public boolean cancel(String address, int port) {
    return bridge.cancel(address, port);
  }

  @Override
  public boolean cancel(String path) {
    return bridge.cancel(path);
  }
}
