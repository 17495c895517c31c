package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A duplex that is another one but for what it does anew. What sees or counts the bytes that it
 * passes on is none: it would have to do all ways of reading and writing anew.
 */
public interface DuplexAround extends Duplex {
  /** The other one. */
  Duplex inner();

  @Override
  default int read(ByteBuffer target) throws IOException {
    return inner().read(target);
  }

  @Override
  default void write(ByteBuffer source) throws IOException {
    inner().write(source);
  }

  @Override
  default void offer(ByteBuffer source) throws IOException {
    inner().offer(source);
  }

  @Override
  default int poll(ByteBuffer target) throws IOException {
    return inner().poll(target);
  }

  @Override
  default boolean whenReadable(Runnable task) throws IOException {
    return inner().whenReadable(task);
  }

  @Override
  default void shutdownOutput() throws IOException {
    inner().shutdownOutput();
  }

  @Override
  default void close() {
    inner().close();
  }

  @Override
  default boolean outlivesLinks() {
    return inner().outlivesLinks();
  }

  @Override
  default SocketAddress localAddress() {
    return inner().localAddress();
  }

  @Override
  default SocketAddress remoteAddress() {
    return inner().remoteAddress();
  }
}
