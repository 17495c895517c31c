package dev.holdfast.cli;

import dev.holdfast.link.ServiceNotice;
import dev.holdfast.link.Signals;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The process around services of which none is a node: it waits until it is told to end. */
final class WaitingService {
  private final ServiceLog log;
  private final CountDownLatch stopped = new CountDownLatch(1);

  WaitingService(ServiceLog log) {
    this.log = log;
  }

  /** Returns on TERM or INT. */
  void run(String status) throws IOException, InterruptedException {
    Signals.on(Signals.Kind.TERMINATE, stopped::countDown);
    Signals.on(Signals.Kind.INTERRUPT, stopped::countDown);
    Signals.on(
        Signals.Kind.HANGUP,
        () -> log.say(ServiceLog.Level.WARN, "reload", "SIGHUP: this service is not reloaded"));
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    notice.ready(status);
    log.say(ServiceLog.Level.DEBUG, "ready", status);
    stopped.await();
    notice.stopping("ends");
    log.say(ServiceLog.Level.INFO, "end", "ended");
  }
}
