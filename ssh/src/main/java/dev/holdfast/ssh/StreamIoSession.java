package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;

/**
 * One stream as MINA sees a connection: what its packets are written to and read from.
 *
 * <pre>
 *   MINA, any thread ── writeBuffer ── offer ──────────────────► Duplex
 *                           └─ the rest ► WriteQueue ── writer ──►
 *   MINA  ◄────────── messageReceived ────────────── reader ◄──  Duplex
 * </pre>
 *
 * <p>What the stream takes without waiting is written by the thread that made it; the writer, a
 * virtual thread, writes what is left. Where the stream tells when there is something to read, an
 * authenticated connection is read on the thread that learns of it, which may take its time; before
 * authentication, when a stranger could hold up many of them, on a virtual thread. Any other stream
 * has a virtual thread that blocks in it. Whoever reads also starts re-keys, see {@link
 * RekeyMeter}. Thread-safe.
 */
final class StreamIoSession extends AbstractCloseable implements IoSession {
  /** Bytes of answers that may wait for an authenticated peer that does not read. */
  static final long LIMIT = 64L << 20;

  /** The same before authentication, where a packet is at most 35,000 bytes and none is data. */
  static final long LIMIT_UNAUTHENTICATED = 256L << 10;

  /** Reads of one connection in a row before other connections have their turn. */
  static final int MOST_READS = 16;

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final Duplex stream;
  private final StreamSessions service;
  private final IoHandler handler;
  private final AlreadySent alreadySent;
  private final RekeyMeter rekey;
  private final SocketAddress local;
  private final SocketAddress remote;
  private final WriteQueue writes = new WriteQueue();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CloseFuture drained = new DefaultCloseFuture(this, null);
  private final Map<Object, Object> attributes = new HashMap<>();

  private final ReentrantLock reading = new ReentrantLock();
  private final Condition resumed = reading.newCondition();
  private boolean suspended;

  /** Whether nobody reads until {@link #resumeRead}. */
  private boolean halted;

  private final ReadBuffer input = new ReadBuffer();

  private volatile boolean authenticated;
  private final AtomicLong received = new AtomicLong();
  private volatile long heardNanos = System.nanoTime();
  private volatile Entrances.@Nullable Stay stay;

  StreamIoSession(
      Duplex stream,
      StreamSessions service,
      IoHandler handler,
      AlreadySent alreadySent,
      RekeyMeter rekey) {
    this.stream = stream;
    this.service = service;
    this.handler = handler;
    this.alreadySent = alreadySent;
    this.rekey = rekey;
    local = stream.localAddress();
    remote = stream.remoteAddress();
  }

  /** The stream below {@code session}. */
  static StreamIoSession of(Session session) {
    return (StreamIoSession) session.getIoSession();
  }

  /** From now on what comes is looked at only while {@code next} says so. */
  void goBy(Entrances.Stay next) {
    stay = next;
  }

  /** Lets MINA begin, then carries bytes until either side ends. */
  void start() throws Exception {
    handler.sessionCreated(this);
    Thread.ofVirtual().name("ssh-write-" + id).start(this::writeLoop);
    if (!stream.whenReadable(this::readable)) {
      Thread.ofVirtual().name("ssh-read-" + id).start(this::readLoop);
    }
  }

  RekeyMeter rekey() {
    return rekey;
  }

  /** Bytes that have come. */
  long received() {
    return received.get();
  }

  /** When bytes came last, by {@link System#nanoTime}. */
  long heardNanos() {
    return heardNanos;
  }

  /** Whether the peer may come back after the connection below was lost. */
  boolean outlivesLinks() {
    return stream.outlivesLinks();
  }

  /** Bytes that the stream has not taken. */
  long unwritten() {
    return writes.bytes();
  }

  /** Whether channel data may be written without making the queue long. */
  boolean hasRoom() {
    return writes.hasRoom();
  }

  /** Has {@code awaiter} run once when channel data may be written again after they might not. */
  void whenRoom(Runnable awaiter) {
    writes.whenRoom(awaiter);
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
    boolean first = begun.compareAndSet(false, true);
    if (first) {
      alreadySent.dropFrom(buffer);
    }
    PendingWrite write = new PendingWrite(this, buffer);
    if (writes.beginStraight(write)) {
      writeStraight(write);
      return first ? AbstractIoWriteFuture.fulfilled(this, true) : write;
    }
    switch (writes.add(write, isAuthenticated() ? LIMIT : LIMIT_UNAUTHENTICATED)) {
      case YES -> {}
      case CLOSED -> write.setValue(new ClosedChannelException());
      case FULL -> {
        write.setValue(new ClosedChannelException());
        // Not here: the caller holds MINA's locks.
        Thread.ofVirtual().start(() -> failed(new IOException("the peer does not read answers")));
      }
    }
    // MINA must not see the identification complete later than the packet behind it.
    return first ? AbstractIoWriteFuture.fulfilled(this, true) : write;
  }

  /**
   * Waits until {@code packet} may be written without making the queue long, if it is channel data
   * and the calling thread may wait: MINA's own threads, which read, may not.
   */
  void awaitRoom(Buffer packet, Object futureLock) throws IOException {
    int command = packet.rawByte(packet.rpos()) & 0xff;
    boolean data =
        command == SshConstants.SSH_MSG_CHANNEL_DATA
            || command == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
    if (data && !ThreadUtils.isInternalThread() && !Thread.holdsLock(futureLock)) {
      writes.awaitRoom();
    }
  }

  /**
   * On the thread that made the packet; what the stream does not take at once the writer writes.
   */
  private void writeStraight(PendingWrite write) {
    try {
      stream.offer(write.packet());
    } catch (IOException e) {
      writes.written(write);
      write.setValue(e);
      // Not here: the caller holds MINA's locks.
      Thread.ofVirtual().start(() -> streamFailed(e));
      return;
    }
    if (!write.packet().hasRemaining()) {
      rekey.carried(write.size());
      writes.written(write);
      write.setValue(true);
    } else if (!writes.putBack(write)) {
      write.setValue(new ClosedChannelException());
    }
  }

  private void writeLoop() {
    try {
      for (PendingWrite write = writes.take(); write != null; write = writes.take()) {
        stream.write(write.packet());
        rekey.carried(write.size());
        writes.written(write);
        write.setValue(true);
      }
      stream.shutdownOutput();
    } catch (IOException e) {
      streamFailed(e);
    } finally {
      drained.setClosed();
    }
  }

  /** As long as something comes, or until the stream tells when there is something. */
  private void readLoop() {
    try {
      boolean goesOn = awaitResumed();
      while (goesOn && took(stream.read(input.empty()))) {
        goesOn = !stream.whenReadable(this::readable) && awaitResumed();
      }
    } catch (IOException e) {
      streamFailed(e);
    }
  }

  /** There is something to read. */
  private void readable() {
    if (isAuthenticated()) {
      readWhatIsThere();
    } else {
      Thread.ofVirtual().name("ssh-read-" + id).start(this::readWhatIsThere);
    }
  }

  private void readWhatIsThere() {
    try {
      boolean more = true;
      for (int i = 0; i < MOST_READS && more; i++) {
        if (!mayRead()) {
          return;
        }
        ByteBuffer empty = input.empty();
        int count = stream.poll(empty);
        more = !empty.hasRemaining();
        if (count != 0 && !took(count)) {
          return;
        }
      }
      stream.whenReadable(this::readable);
    } catch (IOException e) {
      streamFailed(e);
    }
  }

  /** Hands on so many bytes; false if there is nothing more to read. */
  private boolean took(int count) {
    if (count < 0) {
      close(true);
      return false;
    }
    return received(input.filled());
  }

  /** False when what came ends the connection. */
  private boolean received(Buffer bytes) {
    try {
      rekey.carried(bytes.available());
      received.addAndGet(bytes.available());
      heardNanos = System.nanoTime();
      Entrances.Stay entered = stay;
      if (entered != null && !entered.goesOn()) {
        throw new IOException("the connection may not go on");
      }
      handler.messageReceived(this, bytes);
      rekeyIfDue();
      return true;
    } catch (Exception e) {
      failed(e);
      return false;
    }
  }

  private void rekeyIfDue() throws IOException {
    if (!rekey.isDue()) {
      return;
    }
    AbstractSession session = AbstractSession.getSession(this);
    if (session.isOpen() && session.isAuthenticated() && session.getKexState() == KexState.DONE) {
      rekey.restart();
      session.reExchangeKeys();
    }
  }

  /**
   * MINA says goodbye to the peer if the error has a disconnect code, and closes us in any case.
   */
  private void failed(Exception e) {
    try {
      handler.exceptionCaught(this, e);
    } catch (Exception unhandled) {
      close(true);
    }
  }

  private void streamFailed(IOException e) {
    if (isOpen()) {
      failed(e);
    }
    close(true);
  }

  private boolean isAuthenticated() {
    if (!authenticated) {
      AbstractSession session = AbstractSession.getSession(this, true);
      authenticated = session != null && session.isAuthenticated();
    }
    return authenticated;
  }

  @Override
  public void suspendRead() {
    setSuspended(true);
  }

  @Override
  public void resumeRead() {
    setSuspended(false);
  }

  private void setSuspended(boolean suspended) {
    boolean goesOn;
    reading.lock();
    try {
      this.suspended = suspended;
      goesOn = halted && !suspended;
      if (goesOn) {
        halted = false;
      }
      resumed.signalAll();
    } finally {
      reading.unlock();
    }
    if (goesOn) {
      Thread.ofVirtual().start(this::readWhatIsThere);
    }
  }

  /** Otherwise reading goes on when it is resumed. */
  private boolean mayRead() {
    reading.lock();
    try {
      halted = suspended;
      return !suspended && !isClosed();
    } finally {
      reading.unlock();
    }
  }

  /** False when the connection was closed meanwhile. */
  private boolean awaitResumed() {
    reading.lock();
    try {
      while (suspended && !isClosed()) {
        resumed.awaitUninterruptibly();
      }
      return !isClosed();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void shutdownOutputStream() {
    writes.end();
  }

  @Override
  protected CloseFuture doCloseGracefully() {
    writes.end();
    return drained;
  }

  @Override
  protected void doCloseImmediately() {
    for (PendingWrite write : writes.abandon()) {
      write.setValue(new ClosedChannelException());
    }
    stream.close();
    service.forget(this);
    super.doCloseImmediately();
    setSuspended(false);
    try {
      handler.sessionClosed(this);
    } catch (Exception e) {
      log.debug("{} while closing: {}", e.getClass().getSimpleName(), e.getMessage());
    }
  }

  @Override
  public long getId() {
    return id;
  }

  /** Where the stream's first link ended here; later links may come another way. */
  @Override
  public SocketAddress getLocalAddress() {
    return local;
  }

  /** Where the peer was when the stream began. */
  @Override
  public SocketAddress getRemoteAddress() {
    return remote;
  }

  @Override
  public @Nullable SocketAddress getAcceptanceAddress() {
    return null;
  }

  @Override
  public IoService getService() {
    return service;
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    synchronized (attributes) {
      return attributes.get(key);
    }
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    synchronized (attributes) {
      return attributes.put(key, value);
    }
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    synchronized (attributes) {
      return attributes.putIfAbsent(key, value);
    }
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    synchronized (attributes) {
      return attributes.remove(key);
    }
  }

  @Override
  public String toString() {
    return "stream " + id + " with " + remote;
  }
}
