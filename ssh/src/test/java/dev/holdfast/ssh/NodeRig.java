package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.testkit.OpenSsh;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A server for the account of {@link Account}, on a port, with OpenSSH's client before it. */
final class NodeRig implements AutoCloseable {
  private static final KeyPair HOST_KEY = SshKeys.generateEd25519();

  final OpenSsh openSsh;
  final Account account;
  final Path key;
  private final Path directory;
  private final ServerEngine server;
  private final Listener listener;

  /** Each session's program tells its request and its environment; "cat" copies. */
  private static final Programs PROGRAMS =
      (login, request) ->
          call -> {
            if (request.equals(new SessionRequest.Exec("cat"))) {
              call.stdin().transferTo(call.stdout());
              return 0;
            }
            String said = request + " " + new TreeMap<>(call.environment()) + "\n";
            call.stdout().write(said.getBytes(UTF_8));
            return 0;
          };

  NodeRig(Path directory, String... settings) throws Exception {
    this(directory, Passwords.NONE, settings);
  }

  NodeRig(Path directory, Passwords passwords, String... settings) throws Exception {
    this(directory, passwords, Entrances.OPEN, settings);
  }

  NodeRig(Path directory, Passwords passwords, Entrances entrances, String... settings)
      throws Exception {
    this.directory = directory;
    Files.createDirectories(directory);
    openSsh = new OpenSsh(directory);
    account = new Account(directory);
    account.passwords = passwords;
    key = openSsh.key("ed25519");
    server =
        ServerEngine.serve(
            settings(settings),
            account.machine(),
            List.of(HOST_KEY),
            new ProgramSessions(PROGRAMS),
            LoginWatch.NONE,
            Certifiers.NONE,
            entrances);
    listener = new Listener(server::accept);
  }

  private static ServerSettings settings(String... namesAndValues) throws SettingsException {
    List<ServerSettings.Entry> entries = new ArrayList<>();
    if (!List.of(namesAndValues).contains("PermitRootLogin")) {
      entries.add(new ServerSettings.Entry("PermitRootLogin", "yes"));
    }
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(new ServerSettings.Entry(namesAndValues[i], namesAndValues[i + 1]));
    }
    return ServerSettings.of(entries);
  }

  int port() {
    return listener.port();
  }

  int connections() {
    return server.connections();
  }

  /** Lets the key in, with options before it. */
  NodeRig authorize(String options) throws Exception {
    account.authorize((options + " " + OpenSsh.line(key)).strip());
    return this;
  }

  OpenSsh.Ended ssh(String command, String... options) throws Exception {
    return ssh(InputStream.nullInputStream(), command, options);
  }

  OpenSsh.Ended ssh(InputStream stdin, String command, String... options) throws Exception {
    String hostKey = SshKeys.line(HOST_KEY.getPublic());
    return openSsh.ssh(port(), hostKey, key, List.of(options), stdin, command);
  }

  /** A path for a file that is not there yet. */
  Path file(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    server.close();
  }
}
