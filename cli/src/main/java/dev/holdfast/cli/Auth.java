package dev.holdfast.cli;

import dev.holdfast.auth.AuthService;
import dev.holdfast.link.Behind;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.GateSettings;
import dev.holdfast.ssh.ServerEngine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The auth service behind a gate of its own. Thread-safe. */
final class Auth implements Succession.Service, Closeable {
  private final AuthService service;
  private final Gate gate;
  private final ServiceLog log;

  private Auth(AuthService service, Gate gate, ServiceLog log) {
    this.service = service;
    this.gate = gate;
    this.log = log;
  }

  /** Starts it; with {@code takeOver} in place of the process that waits at {@code meeting}. */
  static Auth start(AuthConfiguration configuration, Path meeting, boolean takeOver, ServiceLog log)
      throws IOException {
    AuthService service = AuthService.prepare(configuration.settings());
    try {
      GateSettings settings =
          GateSettings.of(
              configuration.listen(),
              new Behind.InProcess(
                  (stream, name) -> accept(service, stream, name), ServerEngine.GREETING));
      Gate gate =
          Succession.start(
              meeting,
              takeOver,
              from ->
                  from == null
                      ? Gate.start(settings, log::event)
                      : Gate.takeOver(settings, from, log::event));
      return new Auth(service, gate, log);
    } catch (IOException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private static void accept(AuthService service, Duplex stream, String name) {
    try {
      service.accept(stream, name);
    } catch (IOException e) {
      stream.close();
    }
  }

  AuthService service() {
    return service;
  }

  /** Figures of its gate. */
  GateFigures.Values values() {
    return gate.values();
  }

  /** Where it listens. */
  List<String> addresses() {
    return gate.addresses().stream().map(GateEvent::name).toList();
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public void lead() throws IOException {
    service.lead();
  }

  @Override
  public void leave() {
    service.rest();
  }

  @Override
  public void retire() {
    log.say(ServiceLog.Level.DEBUG, "drain", "calls to the auth service come to their end");
  }

  @Override
  public boolean isEmpty() {
    return gate.isEmpty() && service.isEmpty();
  }

  /** If it had taken over and still has the port, that goes back. */
  @Override
  public void close() {
    gate.giveBack();
    gate.close();
    service.close();
  }
}
