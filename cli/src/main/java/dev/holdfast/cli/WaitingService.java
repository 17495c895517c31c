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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process around services of which none is a node: it shows their figures, and waits until it
 * is told to end, or another process has taken over and nothing lives here any more.
 *
 * <table>
 *   <caption>Signals</caption>
 *   <tr><td>HUP</td><td>reads the configuration again: what is logged counts at once, and what needs
 *       a restart is named</td></tr>
 *   <tr><td>TERM, INT</td><td>listens no more, and ends when what can't come back elsewhere has
 *       ended; the second one ends it at once</td></tr>
 * </table>
 */
final class WaitingService {
  /** How often it is looked whether the last has gone, once it listens no more. */
  private static final long LOOK_MILLIS = 100;

  private final ServeConfiguration configuration;
  private final ServeOptions options;
  private final OtherServices services;
  private final ServiceLog log;
  private final BlockingQueue<Wanted> wanted = new LinkedBlockingQueue<>();
  private @Nullable Metrics metrics;

  /** What somebody wants of the process, or what has happened to it. */
  private enum Wanted {
    STOP,
    RELOAD,
    LOOK
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

  /** Returns when the process is to end. */
  void run(String status) throws IOException, InterruptedException {
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    Signals.on(Signals.Kind.TERMINATE, () -> wanted.add(Wanted.STOP));
    Signals.on(Signals.Kind.INTERRUPT, () -> wanted.add(Wanted.STOP));
    Signals.on(Signals.Kind.HANGUP, () -> wanted.add(Wanted.RELOAD));
    try {
      services.begin(() -> wanted.add(Wanted.LOOK));
      show(options.takeOver);
      notice.ready(status);
      log.say(ServiceLog.Level.DEBUG, "ready", status);
      live(status, notice);
    } finally {
      hide();
    }
    log.say(ServiceLog.Level.INFO, "end", "ended");
  }

  private void live(String status, ServiceNotice notice) throws IOException, InterruptedException {
    boolean left = false;
    while (!services.isDone()) {
      boolean leading = services.isLeading();
      switch (leading ? wanted.take() : wanted.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        case null -> {}
        case LOOK -> left = look(left, notice);
        case RELOAD -> {
          notice.reloading("reading the configuration again");
          reload();
          notice.ready(status);
        }
        case STOP -> {
          if (!leading) {
            return;
          }
          stop(notice);
        }
      }
    }
  }

  /** The figures are those of the process that has a port. */
  private boolean look(boolean left, ServiceNotice notice) throws IOException {
    boolean leading = services.isLeading();
    if (leading && left) {
      show(true);
    } else if (!leading && !left) {
      hide();
      if (services.successor() != 0) {
        MainProcess.pass(notice, services.successor(), log);
      }
    }
    return !leading;
  }

  private void stop(ServiceNotice notice) throws IOException, InterruptedException {
    notice.stopping("ends");
    hide();
    services.retire();
    if (!services.isDone()) {
      log.say(
          ServiceLog.Level.INFO,
          "drain",
          "listening no more; what goes through may go on, a second signal ends it");
    }
  }

  private void show(boolean patient) throws IOException {
    InetSocketAddress address = configuration.metrics();
    if (address != null && metrics == null) {
      Metrics started = Patiently.bind(patient, () -> Metrics.start(address, services::readiness));
      services.show(started);
      metrics = started;
    }
  }

  private void hide() {
    if (metrics != null) {
      metrics.close();
      metrics = null;
    }
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
