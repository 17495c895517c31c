package dev.holdfast.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An SSH server at work on a port of loopback, for this user only, and how OpenSSH's client reaches
 * it. Keys are made for it; nothing is read of the machine's or the user's configuration.
 */
final class SshServer implements SshReach, AutoCloseable {
  private static final long LISTEN_MAX_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 20_000_000;
  private static final int KEYGEN_MAX_SECONDS = 30;

  private final Kind kind;
  private final Place place;
  private final Scratch scratch;
  private final int port;
  private final Child process;

  /** Who serves. */
  enum Kind {
    /** OpenSSH's, the one that is installed. */
    SSHD,
    /** {@code holdfast serve}. */
    NODE,
    /** The same, beside those that record. */
    UNRECORDED,
    /** The same that records to a directory. */
    RECORDED,
    /** The same that shows nothing before it is there. */
    RECORDED_SYNC;

    /** Its name in tables. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Where it serves.
   *
   * @param address to listen at
   * @param enter what is put before its command
   */
  record Place(String address, List<String> enter) {
    static final Place HERE = new Place(SshReach.host(), List.of());
  }

  private SshServer(Kind kind, Place place, Scratch scratch) throws IOException {
    this.kind = kind;
    this.place = place;
    this.scratch = scratch;
    port = FreePort.find();
    keygen("host");
    keygen("user");
    Files.copy(file("user.pub"), file("authorized"));
    var command = new ArrayList<>(place.enter());
    command.addAll(kind == Kind.SSHD ? sshd() : node());
    process = Child.start(command);
  }

  static SshServer start(Kind kind) throws IOException {
    return start(kind, Place.HERE);
  }

  /** The same at some other place than loopback. */
  static SshServer start(Kind kind, Place place) throws IOException {
    var server = new SshServer(kind, place, Scratch.make());
    try {
      server.awaitListening();
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  Kind kind() {
    return kind;
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  @Override
  public String label() {
    return kind.label();
  }

  /** OpenSSH's client. */
  @Override
  public List<String> client(String... options) {
    return client(List.of("ssh"), port, options);
  }

  /** Another client, and another port that leads here. */
  List<String> client(List<String> program, int at, String... options) {
    var command = new ArrayList<>(program);
    command.addAll(List.of("-F", "none", "-p", Integer.toString(at)));
    command.addAll(List.of("-i", file("user").toString(), "-o", "IdentitiesOnly=yes"));
    command.addAll(List.of("-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=no"));
    command.addAll(List.of("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"));
    command.addAll(List.of(options));
    return command;
  }

  private List<String> sshd() throws IOException {
    Files.writeString(
        file("config"),
        """
        ListenAddress %s:%d
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        UsePAM no
        StrictModes no
        MaxStartups 1000
        """
            .formatted(place.address(), port, file("host"), file("authorized")));
    return List.of("/usr/sbin/sshd", "-D", "-e", "-f", file("config").toString());
  }

  private List<String> node() throws IOException {
    Files.writeString(
        file("config"),
        """
        node:
          listen: %s:%d
          state-dir: %s
          HostKey: %s
          AuthorizedKeysFile: %s
          StrictModes: no
        """
                .formatted(place.address(), port, file("state"), file("host"), file("authorized"))
            + recording());
    return List.of(Resuming.launcher(), "serve", "--config", file("config").toString());
  }

  private String recording() {
    String line = "  recording: %s\n  recordings: " + file("recordings") + "\n";
    return switch (kind) {
      case SSHD, NODE, UNRECORDED -> "";
      case RECORDED -> line.formatted("node");
      case RECORDED_SYNC -> line.formatted("node-sync");
    };
  }

  private void keygen(String name) throws IOException {
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "" + file(name))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!keygen.waitFor(KEYGEN_MAX_SECONDS, TimeUnit.SECONDS) || keygen.exitValue() != 0) {
        throw new IOException("ssh-keygen makes no key");
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** A file of the user's who may log in: {@code user} or {@code user.pub}. */
  java.nio.file.Path userKey(String name) {
    return file(name);
  }

  private java.nio.file.Path file(String name) {
    return scratch.directory().resolve(name);
  }

  private void awaitListening() throws IOException {
    long deadline = System.nanoTime() + LISTEN_MAX_NANOS;
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (isListening("tcp") || isListening("tcp6")) {
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IOException(kind.label() + " does not listen" + process.complaint());
  }

  /** Whether proc(5) has the port among those that listen where the process is. */
  private boolean isListening(String protocol) throws IOException {
    String listening = ":%04X 0000".formatted(port);
    return Files.readAllLines(java.nio.file.Path.of("/proc/" + pid() + "/net/" + protocol)).stream()
        .anyMatch(line -> line.contains(listening) && line.contains(" 0A "));
  }

  @Override
  public void close() throws IOException {
    process.close();
    scratch.delete();
  }
}
