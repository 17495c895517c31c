package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class SocketLookupTest {
  @TempDir private Path directory;

  private final SocketLookup lookup = SocketLookup.ofProcess().orElseThrow();

  private static InetSocketAddress near(Socket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static InetSocketAddress far(Socket socket) {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  @Test
  void aSocketIsFoundByItsEndsWithItsUser() throws Exception {
    long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
    for (String address : new String[] {"127.0.0.1", "::1"}) {
      try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral(address));
          Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
          Socket accepted = listener.accept()) {
        LoopbackPeers.Owned found = lookup.find(far(accepted), near(accepted)).orElseThrow();
        assertThat(found.uid()).as(address).isEqualTo(own);
        assertThat(found.inode()).as(address).isPositive();
        assertThat(client.isConnected()).isTrue();
      }
    }
  }

  @Test
  void whereNothingIsConnectedNothingIsFoundNotEvenTheListener() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      InetSocketAddress here = (InetSocketAddress) listener.getLocalSocketAddress();
      InetSocketAddress nobody = new InetSocketAddress(here.getAddress(), 1);
      assertThat(lookup.find(here, nobody)).isEmpty();
      assertThat(lookup.find(nobody, here)).isEmpty();
    }
  }

  @Test
  void anAnswerThatIsCutShortIsNone() {
    ByteBuffer whole = ByteBuffer.allocate(16 + 72).order(ByteOrder.nativeOrder());
    whole.putInt(0, whole.capacity()).putShort(4, (short) 20).put(17, (byte) 1);
    whole.put(21, (byte) 80).put(23, (byte) 90).putInt(80, 1000).putInt(84, 7);
    assertThat(SocketLookup.read(whole, 80, 90)).contains(new LoopbackPeers.Owned(1000, 7));
    assertThat(SocketLookup.read(whole, 80, 91)).isEmpty();
    for (int length = 0; length < whole.capacity(); length++) {
      ByteBuffer cut = whole.slice(0, length).order(ByteOrder.nativeOrder());
      assertThat(SocketLookup.read(cut, 80, 90)).as("%d bytes", length).isEmpty();
    }
  }
}
