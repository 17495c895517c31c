package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.ssh.Machine;
import dev.holdfast.ssh.Passwords;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.terminal.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node's sessions on a TCP port of loopback, and OpenSSH's clients before it. */
final class NodeServer implements AutoCloseable {
  static final String USER = System.getProperty("user.name");

  private static final long PATIENCE_SECONDS = 60;
  private static final Path SSH = Path.of("/usr/bin/ssh");

  private final Path directory;
  private final Path key;
  private final ServerEngine engine;
  private final LoginSessions sessions;
  private final NamedSessions named;
  private final ServerSocketChannel listener;

  /** How a program ended. */
  record Ended(int status, byte[] out, String err) {
    String text() {
      return new String(out, UTF_8);
    }
  }

  /** One that lets in anybody who has its key; skips the test where there is no OpenSSH. */
  NodeServer(Path directory, SessionSettings settings) throws Exception {
    this(directory, settings, NodeServer::anybody);
  }

  private NodeServer(Path directory, SessionSettings settings, Starter starter) throws Exception {
    boolean able = Files.isExecutable(SSH) && System.getProperty("os.name").equals("Linux");
    assumeTrue(
        able || "true".equals(System.getenv("CI")), "SKIPPED: needs Linux and openssh-client");
    this.directory = directory;
    key = directory.resolve("key");
    run(nothing(), List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    String publicKey = Files.readString(directory.resolve("key.pub"));
    var host = SshKeys.generateEd25519();
    sessions = LoginSessions.open(settings);
    named = new NamedSessions(sessions, Settings.DEFAULT);
    engine = starter.start(directory, List.of(host), publicKey, named);
    listener =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Files.writeString(
        directory.resolve("known"),
        "[127.0.0.1]:" + port() + " " + SshKeys.line(host.getPublic()) + "\n");
    Thread.startVirtualThread(this::acceptAll);
  }

  /** Starts a server that knows a key. */
  private interface Starter {
    ServerEngine start(Path directory, List<KeyPair> host, String publicKey, Sessions sessions)
        throws Exception;
  }

  private static ServerEngine anybody(
      Path directory, List<KeyPair> host, String publicKey, Sessions sessions) {
    String accepted = publicKey.split(" ", 3)[1];
    return ServerEngine.serve(
        host, (login, offered) -> SshKeys.line(offered).endsWith(accepted), sessions);
  }

  /**
   * One that lets accounts of this machine in by its key, as sshd would.
   *
   * @param options before the key
   * @param namesAndValues of options of sshd's
   */
  static NodeServer asSshd(
      Path directory,
      SessionSettings settings,
      Passwords passwords,
      String options,
      String... namesAndValues)
      throws Exception {
    return new NodeServer(
        directory,
        settings,
        (inside, host, publicKey, sessions) -> {
          Path keys = Files.writeString(inside.resolve("authorized"), options + " " + publicKey);
          letOthersThrough(inside);
          Map<String, String> all = new LinkedHashMap<>();
          all.put("AuthorizedKeysFile", keys.toString());
          all.put("StrictModes", "no");
          for (int i = 0; i < namesAndValues.length; i += 2) {
            all.put(namesAndValues[i], namesAndValues[i + 1]);
          }
          List<ServerSettings.Entry> entries = new ArrayList<>();
          all.forEach((name, value) -> entries.add(new ServerSettings.Entry(name, value)));
          return ServerEngine.serve(
              ServerSettings.of(entries), Machine.linux(passwords), host, sessions);
        });
  }

  /** Other accounts' files of keys are read with their rights. */
  private static void letOthersThrough(Path directory) throws IOException {
    Path end = Path.of(System.getProperty("java.io.tmpdir"));
    for (Path it = directory; it != null && !it.equals(end); it = it.getParent()) {
      Files.setPosixFilePermissions(it, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  LoginSessions sessions() {
    return sessions;
  }

  NamedSessions named() {
    return named;
  }

  int port() {
    return listener.socket().getLocalPort();
  }

  /** {@code ssh OPTIONS USER@127.0.0.1 COMMAND}, to the end. */
  Ended ssh(String user, InputStream stdin, List<String> options, String... command)
      throws Exception {
    return run(stdin, line(user, options, command));
  }

  /** The same as this test's user, with a text for input. */
  Ended ssh(String stdin, String command) throws Exception {
    return ssh(USER, new ByteArrayInputStream(stdin.getBytes(UTF_8)), List.of(), command);
  }

  /** Starts ssh and leaves it running. */
  Process start(List<String> options, String... command) throws IOException {
    return new ProcessBuilder(line(USER, options, command)).start();
  }

  /** The command line, with nothing of this machine's configuration. */
  List<String> line(String user, List<String> options, String... command) {
    List<String> line = new ArrayList<>(List.of("ssh", "-F", "none"));
    line.addAll(List.of("-p", Integer.toString(port()), "-i", key.toString()));
    for (String option :
        List.of(
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=yes",
            "UserKnownHostsFile=" + directory.resolve("known"),
            "GlobalKnownHostsFile=none")) {
      line.addAll(List.of("-o", option));
    }
    line.addAll(options);
    line.add(user + "@127.0.0.1");
    line.addAll(List.of(command));
    return line;
  }

  static InputStream nothing() {
    return InputStream.nullInputStream();
  }

  static Ended run(InputStream stdin, List<String> line) throws Exception {
    Process process = new ProcessBuilder(line).start();
    CompletableFuture<byte[]> out = readAll(process.getInputStream());
    CompletableFuture<byte[]> err = readAll(process.getErrorStream());
    Thread.startVirtualThread(() -> feed(stdin, process.getOutputStream()));
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(line + " still runs: " + new String(out.get(), UTF_8));
    }
    return new Ended(process.exitValue(), out.get(), new String(err.get(), UTF_8));
  }

  static CompletableFuture<byte[]> readAll(InputStream stream) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        all.complete(stream.readAllBytes());
      } catch (IOException e) {
        all.completeExceptionally(e);
      }
    });
    return all;
  }

  private static void feed(InputStream from, OutputStream to) {
    try (to) {
      from.transferTo(to);
    } catch (IOException e) {
      // The program ended without reading all of it; its status tells.
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        SocketChannel socket = listener.accept();
        engine.accept(new SocketDuplex(socket));
      }
    } catch (IOException e) {
      assertThat(listener.isOpen()).as(e.toString()).isFalse();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    engine.close();
    named.close();
    sessions.close();
  }
}
