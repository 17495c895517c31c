package dev.holdfast.cli;

import dev.holdfast.auth.AuthService;
import dev.holdfast.link.Behind;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.GateSettings;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The auth service behind a gate of its own. Thread-safe. */
final class Auth implements Closeable {
  private final AuthService service;
  private final Gate gate;

  private Auth(AuthService service, Gate gate) {
    this.service = service;
    this.gate = gate;
  }

  static Auth start(AuthConfiguration configuration, ServiceLog log) throws IOException {
    AuthService service = AuthService.open(configuration.settings());
    try {
      GateSettings settings =
          GateSettings.of(
              configuration.listen(),
              new Behind.InProcess((stream, name) -> accept(service, stream, name)));
      return new Auth(service, Gate.start(settings, log::event));
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
  public void close() {
    gate.close();
    service.close();
  }
}
