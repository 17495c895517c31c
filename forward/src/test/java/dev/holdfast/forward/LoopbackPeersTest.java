package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class LoopbackPeersTest {
  @TempDir private Path directory;

  @Test
  void ownConnectionsAreKnownByTheirUserOnBothFamilies() throws Exception {
    long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
    for (String address : new String[] {"127.0.0.1", "::1"}) {
      try (ServerSocketChannel listener = ServerSocketChannel.open()) {
        listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            SocketChannel accepted = listener.accept()) {
          assertThat(LoopbackPeers.isOf(accepted, own)).as(address).isTrue();
          assertThat(LoopbackPeers.isOf(accepted, own + 1)).as(address).isFalse();
          assertThat(
                  LoopbackPeers.listed(
                      (InetSocketAddress) accepted.getRemoteAddress(),
                      (InetSocketAddress) accepted.getLocalAddress()))
              .as(address)
              .hasValueSatisfying(it -> {
                assertThat(it.uid()).isEqualTo(own);
                assertThat(it.inode()).isPositive();
              });
          assertThat(client.isConnected()).isTrue();
        }
      }
    }
  }

  @Test
  void aUnixSocketsPeerIsAskedFor() throws Exception {
    long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
      try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
          SocketChannel accepted = listener.accept()) {
        assertThat(LoopbackPeers.isOf(accepted, own)).isTrue();
        assertThat(client.isConnected()).isTrue();
      }
    }
  }

  @Test
  void addressesAreWrittenAsTheKernelDoes() {
    InetSocketAddress v4 = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8603);
    assertThat(LoopbackPeers.text(v4, false)).isEqualTo("0100007F:219B");
    assertThat(LoopbackPeers.text(v4, true)).isEqualTo("0000000000000000FFFF00000100007F:219B");
    InetSocketAddress v6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 80);
    assertThat(LoopbackPeers.text(v6, true)).isEqualTo("00000000000000000000000001000000:0050");
  }
}
