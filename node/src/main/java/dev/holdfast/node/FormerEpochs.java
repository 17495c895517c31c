package dev.holdfast.node;

import dev.holdfast.access.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the leases of dead processes of this node dropped: of those before, as soon as somebody can
 * be told, and of those beside it when they die. Thread-safe.
 */
final class FormerEpochs implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(FormerEpochs.class);

  private final Epoch epoch;
  private final Leases leases;
  private final Thread thread;

  private FormerEpochs(Epoch epoch, Leases leases) {
    this.epoch = epoch;
    this.leases = leases;
    thread = Thread.ofVirtual().name("holdfast-former-epochs").unstarted(this::run);
  }

  static FormerEpochs start(Epoch epoch, Leases leases) {
    FormerEpochs former = new FormerEpochs(epoch, leases);
    former.thread.start();
    return former;
  }

  private void run() {
    try {
      while (true) {
        drop();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // The process ends.
    }
  }

  private void drop() throws InterruptedException {
    try {
      List<String> former = epoch.former();
      if (!former.isEmpty()) {
        Within.time(
            PATIENCE,
            () -> {
              leases.drop(former);
              return true;
            });
        epoch.forget(former);
      }
    } catch (IOException e) {
      log.debug("former epochs are not dropped yet: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
