package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stock OpenSSH's clients with a configuration file of their own, in which the server under test is
 * the host {@link #HOST}.
 *
 * @param config the file, for {@code -F}
 * @param launcher what is put before each command
 * @param program that is {@code ssh}, for those who start it by itself
 */
record Ssh(Path config, List<String> launcher, List<String> program) {
  static final String HOST = "target";

  private static final List<String> STOCK = List.of("ssh");

  /** A client that dials the address, itself or by a ProxyCommand. */
  static Ssh to(InetSocketAddress address, @Nullable String proxyCommand) {
    return to(address, proxyCommand, List.of());
  }

  static Ssh to(InetSocketAddress address, @Nullable String proxyCommand, List<String> launcher) {
    Path config = Scratch.directory("ssh").resolve("config");
    try {
      Files.writeString(config, block(HOST, address, proxyCommand));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Ssh(config, List.copyOf(launcher), STOCK);
  }

  private static String block(
      String host, InetSocketAddress address, @Nullable String proxyCommand) {
    return """
    Host %s
      HostName %s
      Port %d
      User %s
      IdentityFile %s
      IdentitiesOnly yes
      HostKeyAlias %s
      UserKnownHostsFile %s
      GlobalKnownHostsFile none
      StrictHostKeyChecking yes
      UpdateHostKeys no
      BatchMode yes
      ProxyCommand %s
    """
        .formatted(
            host,
            address.getAddress().getHostAddress(),
            address.getPort(),
            Sshd.USER,
            Keys.CLIENT,
            Keys.HOST_ALIAS,
            Keys.KNOWN_HOSTS,
            proxyCommand == null ? "none" : proxyCommand);
  }

  /**
   * The same configuration with one more host, such as one that is reached through {@link #HOST}.
   */
  Ssh andHost(String host, InetSocketAddress address, String moreOption) {
    try {
      String more = block(host, address, null).replace("ProxyCommand none", moreOption);
      Path both = Scratch.directory("ssh").resolve("config");
      return new Ssh(Files.writeString(both, Files.readString(config) + more), launcher, program);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with {@code holdfast ssh} in place of OpenSSH's. */
  Ssh byHoldfast() {
    return new Ssh(config, launcher, List.of(Holdfast.EXECUTABLE.toString(), "ssh"));
  }

  /** {@code ssh}; the arguments name host and remote command. */
  Command ssh(String... arguments) {
    return Command.of(program).plus("-F", config.toString()).plus(arguments).startedBy(launcher);
  }

  /** {@code ssh target REMOTE}. */
  Command exec(String remote) {
    return ssh(HOST, remote);
  }

  Command scp(String... arguments) {
    return client("scp", arguments);
  }

  Command sftp(String... arguments) {
    return client("sftp", arguments);
  }

  /**
   * The one string in which other programs name their ssh, as {@code rsync -e} and {@code
   * GIT_SSH_COMMAND} do.
   */
  String asWord() {
    return String.join(" ", program) + " -F " + config;
  }

  private Command client(String program, String... arguments) {
    return Command.of(program, "-F", config.toString()).plus(arguments).startedBy(launcher);
  }
}
