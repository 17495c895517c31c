package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes of a connected socket that never wait, by send(2) and recv(2), straight from and
 * to arrays, whether the JDK's channel of it waits or not; and a word when there is something to
 * read. Thread-safe.
 *
 * <p>Each direction has a lock, and {@link #close} takes both: the number of a descriptor must not
 * be used once the channel is closed, for another file may have it then. Nothing waits under them.
 */
final class QuickSocket {
  private static final int DONTWAIT = 0x40;
  private static final int NOSIGNAL = 0x4000;

  private static final MethodHandle RECV =
      Linux.quickFunction("recv", LONG, INT, POINTER, LONG, INT);
  private static final MethodHandle SEND =
      Linux.quickFunction("send", LONG, INT, POINTER, LONG, INT);

  private final int descriptor;
  private final Readers.Watch watch;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private final MemorySegment readState = Linux.callState(Arena.ofAuto());
  private final MemorySegment writeState = Linux.callState(Arena.ofAuto());
  private boolean closed;

  private QuickSocket(int descriptor, Readers readers) {
    this.descriptor = descriptor;
    watch = readers.watch(descriptor);
  }

  /** That of a connected channel; null where there is no such way. */
  static @Nullable QuickSocket of(SocketChannel channel) {
    try {
      Readers readers = Readers.shared();
      return new QuickSocket(JdkChannels.get().numberOf(channel), readers);
    } catch (UnsupportedHostException e) {
      return null;
    }
  }

  /** Reads what is there; 0 if that is nothing, -1 at the end. */
  int read(ByteBuffer target) throws IOException {
    reading.lock();
    try {
      checkOpen();
      long count = call(RECV, readState, target, DONTWAIT);
      if (count < 0) {
        return nothing(readState);
      }
      target.position(target.position() + (int) count);
      return count == 0 ? -1 : (int) count;
    } finally {
      reading.unlock();
    }
  }

  /** Writes what fits. */
  int write(ByteBuffer source) throws IOException {
    writing.lock();
    try {
      checkOpen();
      long count = call(SEND, writeState, source, DONTWAIT | NOSIGNAL);
      if (count < 0) {
        return nothing(writeState);
      }
      source.position(source.position() + (int) count);
      return (int) count;
    } finally {
      writing.unlock();
    }
  }

  /** Has {@code task} run by {@link Readers}, once, when a read would not find nothing. */
  void whenReadable(Runnable task) throws IOException {
    reading.lock();
    try {
      checkOpen();
      watch.once(task);
    } finally {
      reading.unlock();
    }
  }

  /** Before the channel is closed. */
  void close() {
    reading.lock();
    writing.lock();
    try {
      closed = true;
      watch.end();
    } finally {
      writing.unlock();
      reading.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private long call(MethodHandle call, MemorySegment state, ByteBuffer bytes, int flags) {
    try {
      MemorySegment segment = MemorySegment.ofBuffer(bytes);
      return (long) call.invokeExact(state, descriptor, segment, (long) bytes.remaining(), flags);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("send or recv", e);
    }
  }

  /** In the words that the JDK has for it. */
  private static int nothing(MemorySegment state) throws IOException {
    int errno = Linux.errno(state);
    if (errno == Linux.EAGAIN || errno == Linux.EINTR) {
      return 0;
    }
    throw new SocketException(Linux.errorText(errno));
  }
}
