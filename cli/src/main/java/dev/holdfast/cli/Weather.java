package dev.holdfast.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens in a demo, one fault after the other: the network below the stream breaks, or the
 * proxy that it goes through is restarted. Confined to one thread but for {@link #end}.
 */
final class Weather implements Runnable {
  private static final List<Fault> COURSE =
      List.of(Fault.RESET, Fault.FLIP, Fault.RESTART, Fault.RESET, Fault.MOVE, Fault.SILENCE);

  private final BadNetwork network;
  private final Restart proxy;
  private final Survived survived;
  private final int everyMillis;
  private final CountDownLatch over = new CountDownLatch(1);

  /** Restarts the proxy. */
  @FunctionalInterface
  interface Restart {
    void restart() throws IOException;
  }

  Weather(BadNetwork network, Restart proxy, Survived survived, int everyMillis) {
    this.network = network;
    this.proxy = proxy;
    this.survived = survived;
    this.everyMillis = everyMillis;
  }

  /** One fault is mended before the next one happens. */
  @Override
  public void run() {
    try {
      for (int i = 0; !over.await(everyMillis, TimeUnit.MILLISECONDS); ) {
        if (survived.isMended()) {
          happen(COURSE.get(i++ % COURSE.size()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void happen(Fault fault) {
    survived.happens(fault);
    if (fault == Fault.RESTART) {
      try {
        proxy.restart();
      } catch (IOException e) {
        throw new UncheckedIOException("the demo's proxy does not come back", e);
      }
    } else {
      network.happen(fault);
    }
  }

  /** Nothing more happens once what happens now has. */
  void end() {
    over.countDown();
  }
}
