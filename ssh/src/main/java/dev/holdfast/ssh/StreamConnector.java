package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.jspecify.annotations.Nullable;

/**
 * Hands streams to MINA's client where it expects connected sockets. It dials nowhere: the stream
 * comes in the {@link Dialled} of the call. Thread-safe.
 */
final class StreamConnector extends StreamSessions implements IoConnector {
  private final long rekeyLimit;

  StreamConnector(IoHandler handler, long rekeyLimit) {
    super(handler);
    this.rekeyLimit = rekeyLimit;
  }

  @Override
  public IoConnectFuture connect(
      SocketAddress targetAddress,
      @Nullable AttributeRepository context,
      @Nullable SocketAddress localAddress) {
    DefaultIoConnectFuture future = new DefaultIoConnectFuture(targetAddress, null);
    try {
      future.setSession(begin(Objects.requireNonNull(context)));
    } catch (Exception e) {
      future.setException(e);
    }
    return future;
  }

  private StreamIoSession begin(AttributeRepository context) throws Exception {
    Dialled dialled = Objects.requireNonNull(context.getAttribute(Dialled.KEY));
    AlreadySent sent =
        dialled.target().prefixSent() ? AlreadySent.CLIENT_PREFIX : AlreadySent.NOTHING;
    RekeyLimit usual = new RekeyLimit(rekeyLimit, Duration.ZERO);
    RekeyMeter rekey = new RekeyMeter(dialled.target().offer().rekey().orElse(usual));
    StreamIoSession session = new StreamIoSession(dialled.stream(), this, handler, sent, rekey);
    session.setAttribute(AttributeRepository.class, context);
    begin(session);
    return session;
  }
}
