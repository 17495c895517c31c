package dev.holdfast.cli;

import dev.holdfast.link.ServiceNotice;
import dev.holdfast.link.Signals;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The process around services of which none is a node: it shows their figures, and waits until it
 * is told to end.
 *
 * <table>
 *   <caption>Signals</caption>
 *   <tr><td>HUP</td><td>reads the configuration again: what is logged counts at once, and what needs
 *       a restart is named</td></tr>
 *   <tr><td>TERM, INT</td><td>ends it</td></tr>
 * </table>
 */
final class WaitingService {
  private final ServeConfiguration configuration;
  private final ServeOptions options;
  private final OtherServices services;
  private final ServiceLog log;
  private final BlockingQueue<Wanted> wanted = new LinkedBlockingQueue<>();

  /** What somebody wants of the process. */
  private enum Wanted {
    STOP,
    RELOAD
  }

  WaitingService(
      ServeConfiguration configuration,
      ServeOptions options,
      OtherServices services,
      ServiceLog log) {
    this.configuration = configuration;
    this.options = options;
    this.services = services;
    this.log = log;
  }

  /** Returns on TERM or INT. */
  void run(String status) throws IOException, InterruptedException {
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    Signals.on(Signals.Kind.TERMINATE, () -> wanted.add(Wanted.STOP));
    Signals.on(Signals.Kind.INTERRUPT, () -> wanted.add(Wanted.STOP));
    Signals.on(Signals.Kind.HANGUP, () -> wanted.add(Wanted.RELOAD));
    try (Metrics _ = metrics()) {
      notice.ready(status);
      log.say(ServiceLog.Level.DEBUG, "ready", status);
      while (wanted.take() == Wanted.RELOAD) {
        notice.reloading("reading the configuration again");
        reload();
        notice.ready(status);
      }
    }
    notice.stopping("ends");
    log.say(ServiceLog.Level.INFO, "end", "ended");
  }

  private @Nullable Metrics metrics() throws IOException {
    InetSocketAddress address = configuration.metrics();
    if (address == null) {
      return null;
    }
    Metrics metrics = Metrics.start(address, services::readiness);
    services.show(metrics);
    return metrics;
  }

  private void reload() {
    try {
      Problems problems = new Problems();
      ServeConfiguration next = ServeConfiguration.read(options, problems);
      if (problems.isEmpty()) {
        log.change(next.logLevel(), next.logFormat());
        List<String> others = others(next);
        log.say(
            others.isEmpty() ? ServiceLog.Level.INFO : ServiceLog.Level.WARN,
            "reload",
            others.isEmpty()
                ? "read %s again".formatted(next.file())
                : "read %s again; what is new in %s counts after a restart"
                    .formatted(next.file(), String.join(", ", others)));
      } else {
        problems.lines().forEach(line -> log.say(ServiceLog.Level.ERROR, "reload", line));
        log.say(ServiceLog.Level.ERROR, "reload", "the configuration was not changed");
      }
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.ERROR,
          "reload",
          "the configuration was not changed: " + Failures.oneLine(e));
    }
  }

  /** The sections that are not as they were when the services began. */
  private List<String> others(ServeConfiguration next) {
    List<String> names = new ArrayList<>();
    note(names, "auth", configuration.auth(), next.auth());
    note(names, "proxy", configuration.proxy(), next.proxy());
    note(names, "gate", configuration.gate(), next.gate());
    note(names, "cluster", configuration.cluster(), next.cluster());
    note(names, "metrics", configuration.metrics(), next.metrics());
    return names;
  }

  private static void note(
      List<String> names, String name, @Nullable Object before, @Nullable Object now) {
    if (!Objects.equals(before, now)) {
      names.add(name);
    }
  }
}
