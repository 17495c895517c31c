package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NetworkWatchTest {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs netlink")
  void onLinuxTheKernelTells() {
    try (NetworkWatch watch = NetworkWatch.start()) {
      await().until(() -> watch.means() == NetworkWatch.Means.NETLINK);
    }
  }

  @Test
  void closingEndsTheThread() {
    NetworkWatch watch = NetworkWatch.start();
    await().until(() -> watch.means() != NetworkWatch.Means.STARTING);
    watch.close();
    await().until(() -> watch.means() == NetworkWatch.Means.CLOSED);
  }

  @Test
  void thereIsRoomFor1024Listeners() {
    try (NetworkWatch watch = NetworkWatch.start()) {
      for (int i = 1; i < NetworkWatch.MAX_LISTENERS; i++) {
        watch.listen(_ -> {});
      }
      NetworkWatch.Listening last = watch.listen(_ -> {});
      assertThatIllegalStateException().isThrownBy(() -> watch.listen(_ -> {}));
      last.close();
      watch.listen(_ -> {});
    }
  }

  @Test
  void knowsItsOwnAddresses() throws Exception {
    assertThat(NetworkWatch.isLocal(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    assertThat(NetworkWatch.isLocal(InetAddress.ofLiteral("127.9.9.9"))).isTrue();
    assertThat(NetworkWatch.isLocal(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
    assertThat(NetworkWatch.isLocal(InetAddress.ofLiteral("0.0.0.0"))).isFalse();
    for (InetAddress own :
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList()) {
      assertThat(NetworkWatch.isLocal(own)).as("%s", new InetSocketAddress(own, 0)).isTrue();
    }
  }

  @Test
  void whatHasGoneAndANewRouteAreNewsAnywhereInADatagram() {
    for (int type : new int[] {RTM_DELLINK, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE}) {
      assertThat(Netlink.tellsNews(datagram(RTM_NEWLINK, RTM_NEWADDR, type))).isTrue();
      assertThat(Netlink.tellsNews(datagram(type))).isTrue();
    }
  }

  @Test
  void whatIsRepeatedIsNotNewsByItself() {
    assertThat(Netlink.tellsNews(datagram())).isFalse();
    assertThat(Netlink.tellsNews(datagram(RTM_NEWLINK, RTM_NEWADDR, RTM_NEWADDR))).isFalse();
  }

  @Test
  void whatIsNotAsSpecifiedIsNewsToBeSafe() {
    assertThat(Netlink.tellsNews(datagram(RTM_NEWADDR).putInt(0, 15))).isTrue();
    assertThat(Netlink.tellsNews(datagram(RTM_NEWADDR).putInt(0, 1000))).isTrue();
    assertThat(Netlink.tellsNews(datagram(RTM_NEWADDR).putInt(0, -1))).isTrue();
  }

  @Test
  void aDatagramCutAnywhereIsReadToItsEnd() {
    ByteBuffer whole = datagram(RTM_NEWADDR, RTM_DELADDR);
    for (int length = 0; length <= whole.limit(); length++) {
      Netlink.tellsNews(whole.slice(0, length));
    }
  }

  /** A message of each type, each with five bytes of content and its padding. */
  private static ByteBuffer datagram(int... types) {
    ByteBuffer out = ByteBuffer.allocate(types.length * 24).order(ByteOrder.nativeOrder());
    for (int type : types) {
      out.putInt(21).putShort((short) type).putShort((short) 0).putInt(0).putInt(0).putLong(-1);
    }
    return out.flip();
  }
}
