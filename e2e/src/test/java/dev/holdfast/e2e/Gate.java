package dev.holdfast.e2e;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A running {@code holdfast gate}. Thread-safe. */
final class Gate implements AutoCloseable {
  private static final Duration TAKEN_OVER = Duration.ofSeconds(20);

  private final InetSocketAddress address;
  private final Command command;
  private final List<Program> programs = new ArrayList<>();

  private Gate(InetSocketAddress address, Command command) {
    this.address = address;
    this.command = command;
  }

  /** Starts one on loopback before that server and waits until it listens. */
  static Gate before(InetSocketAddress server) {
    return start(Ports.free(), server, List.of());
  }

  static Gate start(InetSocketAddress listen, InetSocketAddress to, List<String> launcher) {
    Command command =
        Holdfast.command("gate", "--listen", Ports.text(listen), "--to", Ports.text(to))
            .plus("--state-dir", Scratch.directory("gate").toString())
            .startedBy(launcher);
    Gate gate = new Gate(listen, command);
    gate.launch(command);
    return gate;
  }

  InetSocketAddress address() {
    return address;
  }

  /** A new process takes listener and streams over from the present one, which ends by itself. */
  synchronized void upgrade() {
    Program old = programs.getLast();
    launch(command.plus("--take-over"));
    old.await(TAKEN_OVER).ok();
  }

  /** What all its processes have said, oldest first. */
  synchronized String log() {
    StringBuilder all = new StringBuilder();
    for (Program program : programs) {
      all.append(program.output()).append(program.errors());
    }
    return all.toString();
  }

  synchronized Program program() {
    return programs.getLast();
  }

  private synchronized void launch(Command started) {
    Program program = started.start();
    programs.add(program);
    Ports.awaitListening(program, address.getPort());
  }

  @Override
  public synchronized void close() {
    programs.forEach(Program::close);
  }
}
