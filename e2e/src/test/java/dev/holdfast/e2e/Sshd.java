package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine's own sshd with a configuration, keys and log of its own. It lets in the user who
 * runs the tests, by key only, and reads and writes nothing in that user's home.
 */
final class Sshd implements AutoCloseable {
  static final String USER = System.getProperty("user.name");

  private static final String PROGRAM = "/usr/sbin/sshd";

  private final InetSocketAddress address;
  private final Path config;
  private final Path log;
  private final Program program;

  private Sshd(InetSocketAddress address, Path config, Path log, Program program) {
    this.address = address;
    this.config = config;
    this.log = log;
    this.program = program;
  }

  /** Starts one on loopback and waits until it listens. */
  static Sshd start() {
    return start(List.of());
  }

  /** Starts one that lets in whom an authority in this file has certified, and nobody else. */
  static Sshd trusting(Path authorities) {
    return start(List.of(), "TrustedUserCAKeys " + authorities + "\nAuthorizedKeysFile none\n");
  }

  /** Starts one on loopback of where the launcher leads. */
  static Sshd start(List<String> launcher) {
    return start(launcher, "");
  }

  /**
   * The same with other settings.
   *
   * @param first settings; of each the first one counts
   */
  private static Sshd start(List<String> launcher, String first) {
    Path directory = Scratch.directory("sshd");
    InetSocketAddress address = Ports.free();
    Path log = directory.resolve("log");
    Path config = directory.resolve("sshd_config");
    try {
      Files.writeString(config, first + config(address, directory));
      if (USER.equals("root")) {
        Files.createDirectories(
            Path.of("/run/sshd")); // where sshd, started by root, confines itself
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Program program =
        Command.of(PROGRAM, "-D", "-f", config.toString(), "-E", log.toString())
            .startedBy(launcher)
            .start();
    Ports.awaitListening(program, address.getPort());
    return new Sshd(address, config, log, program);
  }

  private static String config(InetSocketAddress address, Path directory) {
    return """
    ListenAddress %s
    PidFile none
    HostKey %s
    HostKey %s
    AuthorizedKeysFile %s
    StrictModes no
    UsePAM no
    PermitRootLogin prohibit-password
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    LogLevel VERBOSE
    Subsystem sftp internal-sftp
    X11Forwarding yes
    X11DisplayOffset 50
    AllowTcpForwarding yes
    AllowAgentForwarding yes
    AcceptEnv LC_*
    MaxStartups 500
    MaxSessions 20
    UseDNS no
    PrintMotd no
    PrintLastLog no
    SetEnv %s=%s XAUTHORITY=%s
    """
        .formatted(
            Ports.text(address),
            Keys.HOST_ED25519,
            Keys.HOST_ECDSA,
            Keys.AUTHORIZED_KEYS,
            LastWill.MARK_NAME,
            LastWill.MARK,
            directory.resolve("Xauthority"));
  }

  /** Has it show a certificate of its host key from now on; empty for none. */
  void certify(String certificate) {
    try {
      String before = Files.readString(config).replaceAll("(?m)^HostCertificate .*\\n", "");
      String line = certificate.isEmpty() ? "" : "HostCertificate " + certificate + "\n";
      Files.writeString(config, line + before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String said = "Received SIGHUP; restarting.";
    int before = log().split(said, -1).length;
    program.signal("HUP");
    Await.until(
        "sshd to restart",
        Members.PATIENCE,
        () -> {
          String[] parts = log().split(said, -1);
          return parts.length > before && parts[parts.length - 1].contains("Server listening on");
        });
  }

  InetSocketAddress address() {
    return address;
  }

  Program program() {
    return program;
  }

  /** All that it has logged, level VERBOSE. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
