package dev.holdfast.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * Linux's own word on changes of the network: a NETLINK_ROUTE socket (RFC 3549 section 2.3;
 * rtnetlink(7)) that has joined the groups of links, addresses and routes. It needs no privilege.
 *
 * <p>What comes within 20 ms is one change. A message that something has gone, or that there is a
 * new route, always is one. Others are repeated without anything new to say (an address at each
 * router advertisement, a link at each scan of a radio); they count if the {@link Whereabouts}
 * differ.
 *
 * <p>The tick is a timer on the clock that goes on in sleep, so it is due the moment the machine
 * wakes. Confined to the thread that opened it.
 */
final class Netlink implements ChangeSource {
  /** What comes within this time of a first message is reported with it. */
  static final Duration BURST = Duration.ofMillis(20);

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int MSG_DONTWAIT = 0x40;
  private static final short POLLIN = 1;
  private static final int CLOCK_BOOTTIME = 7;
  private static final int TFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  /** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. */
  private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

  private static final int RTM_DELLINK = 17;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;

  /**
   * A netlink message is not longer than a page or 8 KiB (netlink(7)), a datagram not than 32 KiB.
   */
  private static final int RECEIVE_BYTES = 32 * 1024;

  /** Datagrams read in one go; under a storm the rest is the next burst. */
  private static final int MAX_DATAGRAMS = 1000;

  private static final int TIMER = 0;
  private static final int SOCKET = 1;
  private static final int POLLFD_BYTES = 8;
  private static final int NO_TICK_MILLIS = 2000;

  private final Arena arena = Arena.ofConfined();
  private final NetlinkCalls calls = new NetlinkCalls(arena);
  private final MemorySegment pollFds = arena.allocate(2 * POLLFD_BYTES, 4);
  private final MemorySegment received = arena.allocate(RECEIVE_BYTES, 8);
  private int timer = -1;
  private int socket = -1;
  private Whereabouts last;

  private Netlink() throws IOException {
    last = Whereabouts.now();
  }

  /** Joins the groups; fails where this is not Linux, or not allowed. */
  static Netlink open() throws IOException {
    if (!"Linux".equals(System.getProperty("os.name"))) {
      throw new IOException("Only Linux has netlink.");
    }
    Netlink netlink = new Netlink();
    boolean open = false;
    try {
      netlink.openTimer();
      netlink.openSocket();
      open = true;
      return netlink;
    } finally {
      if (!open) {
        netlink.close();
      }
    }
  }

  private void openTimer() throws IOException {
    timer = calls.timerfdCreate(CLOCK_BOOTTIME, TFD_CLOEXEC_NONBLOCK);
    MemorySegment everySecond = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 0, 1, 0);
    calls.timerfdSettime(timer, everySecond);
    watch(TIMER, timer);
  }

  private void openSocket() throws IOException {
    socket = calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    // struct sockaddr_nl: family, padding, port (0: the kernel chooses), groups
    MemorySegment address = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 0, GROUPS);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
    calls.bind(socket, address);
    watch(SOCKET, socket);
  }

  private void watch(int index, int fd) {
    pollFds.set(ValueLayout.JAVA_INT, (long) index * POLLFD_BYTES, fd);
    pollFds.set(ValueLayout.JAVA_SHORT, (long) index * POLLFD_BYTES + 4, POLLIN);
  }

  private boolean isReady(int index) {
    return pollFds.get(ValueLayout.JAVA_SHORT, (long) index * POLLFD_BYTES + 6) != 0;
  }

  @Override
  public Signal await() {
    try {
      return hasNews() ? Signal.CHANGED : Signal.QUIET;
    } catch (IOException _) {
      return Signal.BROKEN;
    }
  }

  private boolean hasNews() throws IOException {
    if (!poll(pollFds, 2, NO_TICK_MILLIS)) {
      return false;
    }
    if (isReady(TIMER)) {
      calls.read(timer, received.asSlice(0, Long.BYTES));
    }
    return isReady(SOCKET) && isNews(burst());
  }

  /** True if something is ready; a signal ends the wait early. */
  private boolean poll(MemorySegment fds, int count, int timeoutMillis) throws IOException {
    try {
      return calls.poll(fds, count, timeoutMillis) > 0;
    } catch (NetlinkCalls.CallFailed e) {
      if (e.errno == NetlinkCalls.EINTR) {
        return false;
      }
      throw e;
    }
  }

  /** Takes all messages of the next 20 ms; true if one of them is news by itself. */
  private boolean burst() throws IOException {
    long end = System.nanoTime() + BURST.toNanos();
    MemorySegment socketOnly = pollFds.asSlice((long) SOCKET * POLLFD_BYTES, POLLFD_BYTES);
    boolean news = drain();
    for (long left = BURST.toNanos(); left > 0; left = end - System.nanoTime()) {
      if (poll(socketOnly, 1, (int) Duration.ofNanos(left).toMillis() + 1)) {
        news |= drain();
      }
    }
    return news;
  }

  private boolean drain() throws IOException {
    boolean news = false;
    for (int i = 0; i < MAX_DATAGRAMS; i++) {
      try {
        long length = calls.recv(socket, received, MSG_DONTWAIT);
        news |= tellsNews(received.asSlice(0, length).asByteBuffer());
      } catch (NetlinkCalls.CallFailed e) {
        switch (e.errno) {
          case NetlinkCalls.EAGAIN -> {
            return news;
          }
          case NetlinkCalls.ENOBUFS -> news = true; // messages were lost: anything may have changed
          case NetlinkCalls.EINTR -> {}
          default -> throw e;
        }
      }
    }
    return news;
  }

  /**
   * True if one of the messages in the datagram is news by itself. Each has a header (netlink(7))
   * and is padded to 4 bytes:
   *
   * <pre>
   *   u32 length, header included | u16 type | u16 flags | u32 sequence | u32 port
   * </pre>
   */
  static boolean tellsNews(ByteBuffer datagram) {
    ByteBuffer in = datagram.order(ByteOrder.nativeOrder());
    int at = 0;
    while (in.limit() - at >= 16) {
      int length = in.getInt(at);
      if (length < 16 || length > in.limit() - at) {
        return true; // not what netlink(7) says: whatever it is, better look
      }
      switch (in.getShort(at + 4)) {
        case RTM_DELLINK, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE -> {
          return true;
        }
        default -> at += (length + 3) & ~3;
      }
    }
    return false;
  }

  private boolean isNews(boolean byItself) throws IOException {
    Whereabouts before = last;
    last = Whereabouts.now();
    return byItself || !last.equals(before);
  }

  @Override
  public void close() {
    closeQuietly(socket);
    closeQuietly(timer);
    arena.close();
  }

  private void closeQuietly(int fd) {
    try {
      if (fd >= 0) {
        calls.close(fd);
      }
    } catch (IOException _) {
      // The descriptor is gone either way.
    }
  }
}
