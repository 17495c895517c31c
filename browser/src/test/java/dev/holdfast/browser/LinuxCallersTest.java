package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinuxCallersTest {
  private static final Path PROC = Path.of("/proc");

  private long uid;

  @BeforeEach
  void needsProc() throws IOException {
    assumeTrue(Files.exists(PROC.resolve("self/net/tcp")), "there is no /proc");
    uid = Integer.toUnsignedLong((Integer) Files.getAttribute(PROC.resolve("self"), "unix:uid"));
  }

  private static boolean mayUse(Callers callers) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel _ = SocketChannel.open(listener.getLocalAddress());
          SocketChannel accepted = listener.accept()) {
        boolean first = callers.mayUse(accepted);
        assertThat(callers.mayUse(accepted)).as("again, from memory").isEqualTo(first);
        return first;
      }
    }
  }

  @Test
  void letsInAProcessOfTheTreeAndNoOther() throws IOException, InterruptedException {
    assertThat(mayUse(new LinuxCallers(PROC, uid, () -> Optional.of(ProcessHandle.current()))))
        .isTrue();
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(mayUse(new LinuxCallers(PROC, uid, () -> Optional.of(other.toHandle()))))
          .isFalse();
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(mayUse(new LinuxCallers(PROC, uid, Optional::empty))).isFalse();
  }

  @Test
  void letsInNoOtherUser() throws IOException {
    assertThat(mayUse(LinuxCallers.ofUser(PROC, uid))).isTrue();
    assertThat(mayUse(LinuxCallers.ofUser(PROC, uid + 1))).isFalse();
    assertThat(mayUse(new LinuxCallers(PROC, uid + 1, () -> Optional.of(ProcessHandle.current()))))
        .isFalse();
  }
}
