package dev.holdfast.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The user and the machine that a configuration is read for.
 *
 * @param user the local user's name
 * @param uid that user's number
 * @param home that user's home directory
 * @param hostName this machine's name
 * @param environment the process's variables
 * @param systemConfig the configuration for all users, such as {@code /etc/ssh/ssh_config}
 * @param outside what is asked of the system
 */
public record Surroundings(
    String user,
    long uid,
    Path home,
    String hostName,
    Map<String, String> environment,
    Path systemConfig,
    Outside outside) {
  /** How long the command of a Match may take. */
  static final long MOST_SECONDS = 300;

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /** What is asked of the system while a configuration is read; an edge. */
  public interface Outside {
    /** Runs a command in the user's shell, without input and output; returns its status. */
    int run(String command) throws IOException;

    /** The addresses of the interfaces that are up. */
    List<InetAddress> addresses() throws IOException;

    /** Whether the name has an address. */
    boolean resolves(String host);
  }

  /** Those of this process. */
  public static Surroundings ofProcess() throws IOException {
    Path home = Path.of(System.getProperty("user.home"));
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        System.getProperty("user.name"),
        userId(home),
        home,
        machineName(),
        environment,
        Path.of("/etc/ssh/ssh_config"),
        new ThisSystem(environment.getOrDefault("SHELL", "/bin/sh")));
  }

  private static long userId(Path home) throws IOException {
    Path self = Path.of("/proc/self");
    Object id = Files.getAttribute(Files.exists(self) ? self : home, "unix:uid");
    return Integer.toUnsignedLong((Integer) id);
  }

  private static String machineName() throws IOException {
    return Files.isReadable(HOST_NAME)
        ? Files.readString(HOST_NAME).strip()
        : InetAddress.getLocalHost().getHostName();
  }

  /** The path with {@code ~} and {@code ~user} in its beginning replaced. */
  String expandHome(String path) throws BadValue {
    if (!path.startsWith("~")) {
      return path;
    }
    int slash = path.indexOf('/');
    String name = slash < 0 ? path.substring(1) : path.substring(1, slash);
    String rest = slash < 0 ? "" : path.substring(slash).replaceFirst("^/+", "");
    Path directory = name.isEmpty() ? home : homeOf(name);
    return directory + (directory.toString().endsWith("/") ? "" : "/") + rest;
  }

  private static Path homeOf(String name) throws BadValue {
    try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
      Optional<Path> found =
          lines
              .map(line -> line.split(":", -1))
              .filter(fields -> fields.length > 5 && fields[0].equals(name))
              .map(fields -> Path.of(fields[5]))
              .findFirst();
      return found.orElseThrow(() -> new BadValue("there is no user " + name));
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new BadValue("there is no user " + name, e);
    }
  }

  private record ThisSystem(String shell) implements Outside {
    @Override
    public int run(String command) throws IOException {
      if (!Files.isExecutable(Path.of(shell))) {
        throw new IOException("the shell \"" + shell + "\" is not executable");
      }
      Process process =
          new ProcessBuilder(shell, "-c", command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IOException("it ran for longer than " + MOST_SECONDS + " s");
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      return process.exitValue();
    }

    @Override
    public List<InetAddress> addresses() throws IOException {
      List<InetAddress> addresses = new ArrayList<>();
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (each.isUp()) {
          each.getInterfaceAddresses().stream()
              .map(InterfaceAddress::getAddress)
              .forEach(addresses::add);
        }
      }
      return addresses;
    }

    @Override
    public boolean resolves(String host) {
      try {
        return InetAddress.getAllByName(host).length > 0;
      } catch (UnknownHostException e) {
        return false;
      }
    }
  }
}
