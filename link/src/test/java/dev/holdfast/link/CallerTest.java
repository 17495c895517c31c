package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class CallerTest {
  @Test
  void isThereUntilItHangsUpAndWhatItSaidIsKept() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Rig.loopback(0));
        SocketChannel peer = SocketChannel.open(server.getLocalAddress());
        Caller caller = Caller.of(server.accept())) {
      assertThat(caller.isGone()).isFalse();
      peer.write(ByteBuffer.wrap(Rig.ascii("first ")));
      caller.await(System.nanoTime() + Rig.PATIENCE.toNanos());
      peer.write(ByteBuffer.wrap(Rig.ascii("and last words")));
      peer.shutdownOutput();
      Awaitility.await().until(caller::isGone);
      assertThat(caller.received()).isEqualTo(ByteBuffer.wrap(Rig.ascii("first and last words")));
    }
  }

  @Test
  void isAskedWithoutReadingMoreThanThereIsRoomFor() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(Rig.loopback(0));
        SocketChannel peer = SocketChannel.open(server.getLocalAddress());
        Caller caller = Caller.of(server.accept())) {
      peer.write(ByteBuffer.allocate(2 * Caller.MOST_READ));
      Awaitility.await()
          .until(() -> !caller.isGone() && caller.received().remaining() == Caller.MOST_READ);
      assertThat(caller.isGone()).isFalse();
      assertThat(caller.received().remaining()).isEqualTo(Caller.MOST_READ);
    }
  }
}
