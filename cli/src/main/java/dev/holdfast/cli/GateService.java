package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.OpenFileLimit;
import dev.holdfast.link.ServiceNotice;
import dev.holdfast.link.Signals;
import dev.holdfast.link.UnsupportedHostException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * The process around a gate: what it does on signals, what it tells systemd, and how another
 * process takes its place.
 *
 * <table>
 *   <caption>Signals</caption>
 *   <tr><td>HUP</td><td>reads its settings again</td></tr>
 *   <tr><td>TERM, INT</td><td>drains, tells every client, ends with status 0; the second one cuts
 *       the draining short</td></tr>
 * </table>
 */
final class GateService {
  /** Time for telling all clients that the gate ends. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  /** How often a draining gate looks whether its last client has gone. */
  private static final long LOOK_MILLIS = 50;

  /** Time for systemd to hear who its service's main process is. */
  private static final Duration HEAR = Duration.ofSeconds(5);

  private final GateConfiguration configuration;
  private final ServiceLog log;
  private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
  private volatile boolean draining;
  private volatile Duration drain = Duration.ZERO;

  /** What ends the service. */
  private sealed interface Happening {
    /** Somebody wants it to end. */
    record Stop() implements Happening {}

    /** Another process has everything. */
    record HandedOver(long successor) implements Happening {}
  }

  GateService(GateConfiguration configuration, ServiceLog log) {
    this.configuration = configuration;
    this.log = log;
  }

  /** Serves until it is told to end, or another process takes over. */
  void run(GateOptions options, Destination target) throws IOException, InterruptedException {
    log.change(options.logLevel(), options.logFormat);
    drain = options.drain;
    GateSettings settings = options.settings(target);
    List<ServerSocketChannel> inherited = SystemdListeners.take();
    requireListener(options, inherited);
    sayLimits(settings);
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    Path meeting = HandoverPoint.path(options, inherited);
    Gate gate = start(options, settings, inherited, meeting);
    try (Metrics metrics = metrics(options, gate)) {
      Optional<HandoverPoint> point = meet(meeting, gate);
      handleSignals(gate, notice);
      notice.ready(status(gate));
      log.say(ServiceLog.Level.DEBUG, "ready", status(gate));
      switch (happenings.take()) {
        case Happening.Stop stop -> stop(gate, notice);
        case Happening.HandedOver it -> leave(notice, it.successor, metrics);
      }
      point.ifPresent(HandoverPoint::close);
    } finally {
      gate.close();
    }
  }

  private void requireListener(GateOptions options, List<ServerSocketChannel> inherited) {
    if (options.listen.isEmpty() && inherited.isEmpty() && options.name == null) {
      throw configuration.wrong("Missing required option: '--listen=[HOST:]PORT'");
    }
  }

  private void sayLimits(GateSettings settings) throws IOException {
    log.say(
        ServiceLog.Level.DEBUG,
        "limits",
        "%d MiB for bytes in flight, %d streams, %s open files, %d loops"
            .formatted(
                settings.memory() >> 20, settings.mostStreams(), openFiles(), settings.loops()));
  }

  private static String openFiles() throws IOException {
    try {
      return Long.toString(OpenFileLimit.raise().soft());
    } catch (UnsupportedHostException e) {
      return "?";
    }
  }

  // ---- beginning ----

  private Gate start(
      GateOptions options, GateSettings settings, List<ServerSocketChannel> inherited, Path meeting)
      throws IOException {
    if (options.takeOver) {
      Optional<DescriptorSocket> running = HandoverPoint.connect(meeting);
      if (running.isPresent()) {
        try (DescriptorSocket from = running.get()) {
          return Gate.takeOver(settings, from, log::event);
        }
      }
    }
    if (options.listen.isEmpty() && inherited.isEmpty()) {
      throw configuration.wrong(
          "No gate called '" + options.name + "' is running, so --listen is needed");
    }
    return Gate.start(settings, inherited, log::event);
  }

  private @Nullable Metrics metrics(GateOptions options, Gate gate) throws IOException {
    InetSocketAddress address = options.metrics;
    if (address == null) {
      return null;
    }
    Metrics metrics =
        Patiently.bind(
            options.takeOver,
            () -> Metrics.start("holdfast_gate_", address, gate::values, () -> !draining));
    log.say(
        ServiceLog.Level.DEBUG,
        "metrics",
        "figures are served at " + GateEvent.name(metrics.address()));
    return metrics;
  }

  /** Without a place to be met the gate can't be taken over, but it works. */
  private Optional<HandoverPoint> meet(Path meeting, Gate gate) {
    try {
      return Optional.of(
          HandoverPoint.open(
              meeting,
              (point, successor) -> handOver(gate, point, successor),
              problem -> log.say(ServiceLog.Level.WARN, "handover", problem)));
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "handover",
          "this gate can't be taken over: %s; --state-dir names another place"
              .formatted(e.getMessage()));
      return Optional.empty();
    }
  }

  private void handOver(Gate gate, HandoverPoint point, DescriptorSocket successor)
      throws IOException, InterruptedException {
    gate.handOver(successor);
    point.close();
    happenings.add(new Happening.HandedOver(successor.peer().process()));
  }

  private static String status(Gate gate) {
    return gate.addresses().stream()
        .map(GateEvent::name)
        .collect(Collectors.joining(", ", "serving at ", ""));
  }

  // ---- signals ----

  private void handleSignals(Gate gate, ServiceNotice notice) throws IOException {
    Signals.on(Signals.Kind.HANGUP, () -> reload(gate, notice));
    Signals.on(Signals.Kind.TERMINATE, () -> happenings.add(new Happening.Stop()));
    Signals.on(Signals.Kind.INTERRUPT, () -> happenings.add(new Happening.Stop()));
  }

  private void reload(Gate gate, ServiceNotice notice) {
    try {
      notice.reloading("reading the settings again");
      GateOptions options = configuration.read();
      if (options.config == null) {
        log.say(ServiceLog.Level.INFO, "reload", "SIGHUP: there is no --config to read again");
      } else if (options.to == null) {
        throw new IOException("--to is missing");
      } else {
        gate.change(options.settings(options.to));
        drain = options.drain;
        log.change(options.logLevel(), options.logFormat);
        log.say(ServiceLog.Level.INFO, "reload", "read " + options.config + " again");
      }
      notice.ready(status(gate));
    } catch (IOException | ParameterException e) {
      log.say(
          ServiceLog.Level.ERROR,
          "reload",
          "the settings were not changed: " + Failures.oneLine(e));
      sayReady(gate, notice);
    }
  }

  private void sayReady(Gate gate, ServiceNotice notice) {
    try {
      notice.ready(status(gate));
    } catch (IOException e) {
      log.say(ServiceLog.Level.WARN, "notice", "systemd can't be told: " + e.getMessage());
    }
  }

  // ---- the end ----

  private void stop(Gate gate, ServiceNotice notice) throws IOException, InterruptedException {
    draining = true;
    notice.stopping("waiting for clients to finish");
    gate.drain();
    long until = System.nanoTime() + drain.toNanos();
    if (!drain.isZero()) {
      log.say(ServiceLog.Level.INFO, "drain", "no new clients; the others may finish");
    }
    while (!gate.isIdle()
        && System.nanoTime() < until
        && happenings.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS) == null) {
      // Until one of these.
    }
    gate.shutDown("The gate was shut down; connect again when it is back.", GOODBYE);
    log.say(ServiceLog.Level.INFO, "end", "ended");
  }

  private void leave(ServiceNotice notice, long successor, @Nullable Metrics metrics)
      throws IOException {
    if (metrics != null) {
      metrics.close();
    }
    notice.mainProcess(successor);
    if (!notice.awaitHeard(HEAR)) {
      log.say(ServiceLog.Level.WARN, "notice", "systemd did not hear of the new main process");
    }
    log.say(ServiceLog.Level.INFO, "handover", "handed over to process " + successor);
  }
}
