package dev.holdfast.ssh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/** The connections of one engine that are alive. Thread-safe. */
abstract sealed class StreamSessions extends AbstractCloseable implements IoService
    permits StreamAcceptor, StreamConnector {
  final IoHandler handler;
  private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();

  StreamSessions(IoHandler handler) {
    this.handler = handler;
  }

  /** Lets SSH begin on {@code session}; closes it if SSH can't. */
  void begin(StreamIoSession session) throws Exception {
    sessions.put(session.getId(), session);
    try {
      session.start();
    } catch (Exception e) {
      session.close(true);
      throw e;
    }
  }

  void forget(StreamIoSession session) {
    sessions.remove(session.getId());
  }

  @Override
  public Map<Long, IoSession> getManagedSessions() {
    return Map.copyOf(sessions);
  }

  @Override
  protected void doCloseImmediately() {
    sessions.values().forEach(session -> session.close(true));
    super.doCloseImmediately();
  }

  @Override
  public @Nullable IoServiceEventListener getIoServiceEventListener() {
    return null;
  }

  @Override
  public void setIoServiceEventListener(IoServiceEventListener listener) {
    throw new UnsupportedOperationException("streams are made elsewhere");
  }
}
