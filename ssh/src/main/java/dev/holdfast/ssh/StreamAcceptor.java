package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Set;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.jspecify.annotations.Nullable;

/**
 * Hands streams to MINA's server where it expects accepted sockets. It listens nowhere: whoever
 * accepts streams calls {@link #accept}. Thread-safe.
 */
final class StreamAcceptor extends StreamSessions implements IoAcceptor {
  /** The attribute of a stream's session that is the connection's name. */
  static final Object CONNECTION = new Object();

  private final RekeyLimit rekeyLimit;
  private final Startups startups;

  StreamAcceptor(IoHandler handler, RekeyLimit rekeyLimit, Startups startups) {
    super(handler);
    this.rekeyLimit = rekeyLimit;
    this.startups = startups;
  }

  /**
   * Begins SSH on {@code stream} and returns.
   *
   * @param connection its name
   * @param identification the server's identification string on this connection; null for the usual
   */
  void accept(Duplex stream, String connection, @Nullable Identification identification)
      throws Exception {
    AlreadySent sent =
        identification != null && identification.sent()
            ? AlreadySent.line(identification.line())
            : AlreadySent.NOTHING;
    StreamIoSession session =
        new StreamIoSession(stream, this, handler, sent, new RekeyMeter(rekeyLimit));
    session.setAttribute(CONNECTION, connection);
    if (identification != null) {
      session.setAttribute(Identification.class, identification);
    }
    startups.begun(session);
    begin(session);
  }

  @Override
  void forget(StreamIoSession session) {
    startups.over(session);
    super.forget(session);
  }

  @Override
  public void bind(Collection<? extends SocketAddress> addresses) {}

  @Override
  public void bind(SocketAddress address) {}

  @Override
  public void unbind(Collection<? extends SocketAddress> addresses) {}

  @Override
  public void unbind(SocketAddress address) {}

  @Override
  public void unbind() {}

  @Override
  public Set<SocketAddress> getBoundAddresses() {
    return Set.of();
  }
}
