package dev.holdfast.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a client that is silent whether it is there, and ends the connection when it does not answer
 * (sshd_config(5), ClientAliveInterval). A stream that outlives its links is asked as often and no
 * more, and never ended here: its client may be asleep, and whoever keeps the stream has the
 * patience. Thread-safe.
 */
final class ClientAlive {
  private final Session session;
  private final StreamIoSession stream;
  private final Duration interval;
  private final int most;
  private @Nullable ScheduledFuture<?> ticks;
  private long heard = -1;
  private int unanswered;

  ClientAlive(Session session, ServerSettings settings) {
    this.session = session;
    stream = (StreamIoSession) session.getIoSession();
    interval = settings.get(ServerOption.CLIENT_ALIVE_INTERVAL);
    most = settings.get(ServerOption.CLIENT_ALIVE_COUNT_MAX);
  }

  synchronized void start() {
    if (!interval.isZero()) {
      long nanos = interval.toNanos();
      ticks =
          session
              .getFactoryManager()
              .getScheduledExecutorService()
              .scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  synchronized void stop() {
    if (ticks != null) {
      ticks.cancel(false);
    }
  }

  private synchronized void tick() {
    long now = stream.received();
    if (now != heard) {
      heard = now;
      unanswered = 0;
      return;
    }
    if (unanswered < Math.max(most, 1)) {
      unanswered++;
      // Writing may have to wait for keys that are being exchanged; the timer must not.
      Thread.startVirtualThread(this::ask);
    } else if (most > 0 && !stream.outlivesLinks()) {
      Thread.startVirtualThread(this::end);
    }
  }

  private void ask() {
    try {
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
      request.putString("keepalive@openssh.com");
      request.putBoolean(true);
      session.request(request, "keepalive@openssh.com", (command, answer) -> {});
    } catch (IOException | RuntimeException e) {
      session.exceptionCaught(e);
    }
  }

  private void end() {
    try {
      session.disconnect(
          SshConstants.SSH2_DISCONNECT_CONNECTION_LOST, "The client does not answer.");
    } catch (IOException e) {
      session.close(true);
    }
  }
}
