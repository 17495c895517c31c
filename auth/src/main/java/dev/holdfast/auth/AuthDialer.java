package dev.holdfast.auth;

import dev.holdfast.access.Json;
import dev.holdfast.access.Names;
import dev.holdfast.link.Caller;
import dev.holdfast.link.Destination;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** How a machine reaches its cluster's auth services: whichever answers first. Thread-safe. */
final class AuthDialer implements RemoteCluster.Dialer, AutoCloseable {
  /** For one address to take a connection. */
  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** For one service to log in. */
  private static final Duration LOGIN = Duration.ofSeconds(10);

  /** For one answer, after which another service is tried. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Addresses that are tried in a row. */
  static final int MOST_TRIED = 16;

  private final List<Destination> services;
  private final KeyPair key;
  private final Predicate<String> believes;
  private final ClientEngine engine = ClientEngine.start();

  /**
   * One.
   *
   * @param key that the machine is known by
   * @param believes whether the authority with that fingerprint is believed
   */
  AuthDialer(List<Destination> services, KeyPair key, Predicate<String> believes) {
    this.services = List.copyOf(services);
    this.key = key;
    this.believes = believes;
  }

  @Override
  public ApiClient dial(BiConsumer<String, Json> listener) throws IOException {
    return dial(Names.MACHINE, listener);
  }

  /** As {@code user}; the services in random order, so that each has its share. */
  ApiClient dial(String user, BiConsumer<String, Json> listener) throws IOException {
    List<String> failures = new ArrayList<>();
    for (InetSocketAddress address : addresses(failures)) {
      try {
        return dial(address, user, listener);
      } catch (NoMemberException e) {
        throw e;
      } catch (IOException e) {
        failures.add("%s:%d: %s".formatted(address.getHostString(), address.getPort(), words(e)));
      }
    }
    throw new IOException(
        "The cluster's auth service is not reached: %s.".formatted(String.join("; ", failures)));
  }

  private static String words(IOException e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }

  private List<InetSocketAddress> addresses(List<String> failures) {
    List<InetSocketAddress> found = new ArrayList<>();
    for (Destination service : services) {
      try {
        for (InetAddress address : InetAddress.getAllByName(service.host())) {
          found.add(new InetSocketAddress(address, service.port()));
        }
      } catch (IOException e) {
        failures.add(service + ": no such host");
      }
    }
    Collections.shuffle(found);
    return found.subList(0, Math.min(found.size(), MOST_TRIED));
  }

  private ApiClient dial(InetSocketAddress at, String user, BiConsumer<String, Json> listener)
      throws IOException {
    AuthorityCheck check = AuthorityCheck.ofService(believes);
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(at, (int) CONNECT.toMillis());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ClientConnection connection =
          engine.connect(
              Caller.of(channel).duplex(), new Target(user, List.of(key), check, false, LOGIN));
      return converse(connection, listener);
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (check.why().isPresent()) {
        throw new IOException("it is not the one that was meant, " + check.why().get(), e);
      }
      if (e instanceof SshFailure failure && failure.kind() == SshFailure.Kind.AUTHENTICATION) {
        throw new NoMemberException(e);
      }
      throw e;
    }
  }

  private static ApiClient converse(ClientConnection connection, BiConsumer<String, Json> listener)
      throws IOException {
    SessionPlan plan =
        new SessionPlan(
            new SessionRequest.Subsystem(ApiServer.SUBSYSTEM), Optional.empty(), Map.of(), false);
    try {
      RemoteCommand api = connection.start(plan);
      return ApiClient.over(api.stdout(), api.stdin(), connection, listener, ANSWER);
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
