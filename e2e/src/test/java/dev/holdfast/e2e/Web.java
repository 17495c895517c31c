package dev.holdfast.e2e;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** A web server on loopback: the JDK's jwebserver over a directory, a process of its own. */
final class Web implements AutoCloseable {
  private final InetSocketAddress address;
  private final Program program;

  private Web(InetSocketAddress address, Program program) {
    this.address = address;
    this.program = program;
  }

  static Web of(Path directory) {
    return of(directory, List.of());
  }

  static Web of(Path directory, List<String> launcher) {
    InetSocketAddress address = Ports.free();
    Program program =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString(),
                "-b",
                address.getAddress().getHostAddress(),
                "-p",
                Integer.toString(address.getPort()),
                "-d",
                directory.toString(),
                "-o",
                "none")
            .startedBy(launcher)
            .start();
    Ports.awaitListening(program, address.getPort());
    return new Web(address, program);
  }

  InetSocketAddress address() {
    return address;
  }

  String url(String file) {
    return "http://" + Ports.text(address) + "/" + file;
  }

  @Override
  public void close() {
    program.close();
  }
}
