package dev.holdfast.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a session's output into its channel. Nothing waits and nothing piles up: there is room
 * while the client's window is open and the connection's {@link WriteQueue} is below its mark.
 *
 * <p>A source reads straight into the packet that is then encrypted in place, so each byte is
 * copied by the kernel only. While keys are exchanged MINA keeps packets back; then there is room
 * for one of them and no more.
 */
final class ChannelOutput implements ClientEnd {
  /** Bytes of data in a packet at most: beyond that fewer packets gain nothing. */
  static final int MOST_DATA = 64 * 1024;

  /** Bytes for which room is made at first: what an echoed key or a prompt takes. */
  static final int LEAST_DATA = 1024;

  /** Bytes of a packet's data that come before the data: command, channel, type, length. */
  private static final int HEADER = 1 + 3 * Integer.BYTES;

  private static final Logger log = LoggerFactory.getLogger(ChannelOutput.class);

  private final SessionChannel channel;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean roomWanted = new AtomicBoolean();
  private final AtomicInteger keptBack = new AtomicInteger();

  private final Runnable whenRoom = this::roomChanged;

  /** Room made for the next packet: follows what sources have. Confined to the writing thread. */
  private int guess = LEAST_DATA;

  ChannelOutput(SessionChannel channel) {
    this.channel = channel;
  }

  /** What is listened on for the connection. */
  Forwards forwards() {
    return ServerChannels.of(channel.getSession()).forwards();
  }

  /** The session begins; false if it had. */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** There may be room where there was none. */
  void roomChanged() {
    ServedSession session = channel.served();
    if (session != null
        && roomWanted.get()
        && roomOrWatch() > 0
        && roomWanted.compareAndSet(true, false)) {
      session.writable();
    }
  }

  @Override
  public boolean isWritable() {
    return awaitedRoom() > 0;
  }

  @Override
  public int write(Output output, Source source) throws IOException {
    int room = awaitedRoom();
    if (room == 0) {
      return NO_ROOM;
    }
    int length = Math.min(room, guess);
    Buffer packet = packet(output, length);
    int start = packet.wpos();
    int count = source.read(packet.array(), start, length);
    if (count > 0) {
      packet.wpos(start - Integer.BYTES);
      packet.putUInt(count);
      packet.wpos(start + count);
      channel.getRemoteWindow().consume(count);
      send(packet);
      guess = nextGuess(count);
    }
    return count;
  }

  @Override
  public void consumed(int bytes) {
    try {
      channel.release(bytes);
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void end() {
    try {
      channel.endOutput();
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void exit(Ending ending) {
    try {
      channel.exit(ending);
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Room for data; if there is none, {@link ServedSession#writable} will be called. */
  private int awaitedRoom() {
    int room = room();
    if (room > 0) {
      return room;
    }
    roomWanted.set(true);
    room = roomOrWatch();
    if (room > 0) {
      // What freed it may have looked before the wish was there.
      roomWanted.set(false);
    }
    return room;
  }

  /**
   * Room for data; if there is none, {@link #roomChanged} will be called. The queue tells only
   * those who found it full, and other sessions fill it while this one waits for its window: so it
   * is asked anew each time.
   */
  private int roomOrWatch() {
    int room = room();
    if (room == 0) {
      channel.stream().whenRoom(whenRoom);
      room = room();
    }
    return room;
  }

  private int room() {
    if (channel.isClosing() || keptBack.get() > 0 || !channel.stream().hasRoom()) {
      return 0;
    }
    RemoteWindow window = channel.getRemoteWindow();
    return (int) Math.min(Math.min(window.getSize(), window.getPacketSize()), MOST_DATA);
  }

  private int nextGuess(int count) {
    if (count >= guess) {
      return Math.min(guess * 4, MOST_DATA);
    }
    return count < guess / 4 ? Math.max(guess / 2, LEAST_DATA) : guess;
  }

  private Buffer packet(Output output, int length) {
    Session session = channel.getSession();
    boolean plain = output == Output.STDOUT;
    byte command =
        plain ? SshConstants.SSH_MSG_CHANNEL_DATA : SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
    Buffer packet = session.createBuffer(command, HEADER + length);
    packet.putUInt(channel.getRecipient());
    if (!plain) {
      packet.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
    }
    packet.putUInt(length);
    return packet;
  }

  /** As MINA's own threads do: data are kept back, not waited with, while keys are exchanged. */
  private void send(Buffer packet) throws IOException {
    IoWriteFuture sent = ThreadUtils.runAsInternal(packet, channel::writePacket);
    if (!(sent instanceof PendingWrite)) {
      keptBack.incrementAndGet();
      sent.addListener(done -> {
        keptBack.decrementAndGet();
        roomChanged();
      });
    }
  }

  /** The connection can't take a packet: it is ending, and tells so by itself. */
  private void failed(IOException e) {
    log.debug("session channel {}: {}", channel.getChannelId(), e.getMessage());
    channel.close(true);
  }
}
