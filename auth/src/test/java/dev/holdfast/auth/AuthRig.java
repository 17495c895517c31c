package dev.holdfast.auth;

import dev.holdfast.access.Cluster;
import dev.holdfast.access.Json;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.link.Behind;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.LoginPerson;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** An auth service on a free port of 127.0.0.1, and clients of it. */
final class AuthRig implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MEMORY = 8L << 20;

  private final Path directory;
  private final AuthService service;
  private final Gate gate;
  private final ClientEngine engine = ClientEngine.start();
  private final StreamClient streams;
  private final List<String> told = new CopyOnWriteArrayList<>();
  volatile String code = "";

  AuthRig(Path directory) throws IOException {
    this(directory, null);
  }

  /** One whose users log in by an identity provider, too. */
  AuthRig(Path directory, @Nullable OidcSettings oidc) throws IOException {
    this(directory, oidc, null);
  }

  /** One whose authorities' keys are on a token. */
  AuthRig(Path directory, @Nullable OidcSettings oidc, @Nullable TokenSettings token)
      throws IOException {
    this.directory = directory;
    Path state = directory.resolve("state");
    service =
        AuthService.open(
            new AuthService.Settings(
                "demo",
                state,
                "sqlite:" + directory.resolve("store.db"),
                List.of(AuditLines.file(directory.resolve("audit.log"))),
                RecordingSettings.USUAL,
                List.of("localhost"),
                "test",
                new LeaseTime(Duration.ofSeconds(2)),
                oidc,
                token));
    GateSettings settings =
        GateSettings.of(
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            new Behind.InProcess(this::accept));
    gate = Gate.start(settings, event -> {});
    streams = StreamClient.start(MEMORY, fault -> {});
  }

  private void accept(Duplex stream, String name) {
    try {
      service.accept(stream, name);
    } catch (IOException e) {
      stream.close();
    }
  }

  Cluster cluster() {
    return service.cluster();
  }

  Membership enrol(Membership.Settings settings) throws IOException {
    return service.enrol(settings);
  }

  int port() {
    return ((InetSocketAddress) gate.addresses().getFirst()).getPort();
  }

  /** The API as root of the machine has it. */
  ApiClient host() throws IOException {
    return ApiClient.at(
        directory.resolve("state").resolve(AuthService.SOCKET), (method, params) -> {});
  }

  ApiClient client(String user, KeyPair key) throws IOException {
    return client(user, key, (method, params) -> {});
  }

  ApiClient client(String user, KeyPair key, BiConsumer<String, Json> listener) throws IOException {
    ClientConnection connection = connect(user, key);
    RemoteCommand running =
        connection.start(
            new SessionPlan(
                new SessionRequest.Subsystem("holdfast-api"), Optional.empty(), Map.of(), false));
    return ApiClient.over(running.stdout(), running.stdin(), connection, listener);
  }

  private ClientConnection connect(String user, KeyPair key) throws IOException {
    ClientSettings settings =
        new ClientSettings(
            new Destination("127.0.0.1", port()),
            ClientSettings.Resume.OFF,
            PATIENCE,
            null,
            Map.of(),
            event -> {});
    byte[] identification =
        (ClientEngine.IDENTIFICATION + "\r\n").getBytes(StandardCharsets.US_ASCII);
    Duplex stream = streams.connect(settings, line -> identification).duplex();
    return engine.connect(
        stream,
        new Target(
            user, Optional.empty(), List.of(key), new Person(), shown -> true, false, PATIENCE));
  }

  /** Answers with {@link #code}, and keeps what it is told. */
  private final class Person implements LoginPerson {
    @Override
    public @Nullable String answer(String prompt, boolean echo) {
      told.add(prompt);
      return code;
    }

    @Override
    public @Nullable String password() {
      return null;
    }

    @Override
    public void tell(String text) {
      told.add(text);
    }
  }

  /** What clients were told at log-in. */
  String told() {
    return String.join("\n", told);
  }

  /** The audit events' file. */
  String log() throws IOException {
    return Files.readString(directory.resolve("audit.log"));
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).until(condition);
  }

  @Override
  public void close() {
    streams.close();
    engine.close();
    gate.close();
    service.close();
  }
}
