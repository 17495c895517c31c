package dev.holdfast.client;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A system that does nothing but remember what it was asked. */
final class StillSystem implements Surroundings.Outside {
  final List<String> asked = new ArrayList<>();
  int status;
  List<InetAddress> addresses = List.of();
  List<String> names = List.of();

  @Override
  public int run(String command) {
    asked.add(command);
    return status;
  }

  @Override
  public List<InetAddress> addresses() {
    return addresses;
  }

  @Override
  public boolean resolves(String host) {
    asked.add(host);
    return names.contains(host);
  }

  /** Alice on laptop.example.org, whose files are below {@code directory}. */
  Surroundings below(Path directory) {
    return new Surroundings(
        "alice",
        uid(),
        directory.resolve("home"),
        "laptop.example.org",
        Map.of("VALUE", "from-environment"),
        directory.resolve("etc/ssh_config"),
        this);
  }

  private static long uid() {
    try {
      return Surroundings.ofProcess().uid();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
