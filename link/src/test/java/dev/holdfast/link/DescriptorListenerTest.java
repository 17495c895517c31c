package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are sent on Linux only")
@Timeout(30)
final class DescriptorListenerTest {
  private static final int NOBODY = 65534;

  @TempDir Path temporary;

  private Path run() {
    return temporary.resolve("run");
  }

  private Path socket() {
    return run().resolve("gate.sock");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private void directory(String mode) throws IOException {
    Files.createDirectories(run());
    Files.setPosixFilePermissions(run(), PosixFilePermissions.fromString(mode));
  }

  @Test
  void directoryAndSocketAreThereForTheirOwnerOnly() throws IOException {
    try (DescriptorListener listener = DescriptorListener.open(socket())) {
      assertThat(mode(run())).isEqualTo("rwx------");
      assertThat(mode(listener.path())).isEqualTo("rw-------");
    }
    assertThat(socket()).doesNotExist();
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws IOException {
    for (String mode : new String[] {"rwxr-x---", "rwx-----x", "rwx--x---", "rwx---r--"}) {
      directory(mode);
      assertThatThrownBy(() -> DescriptorListener.open(socket()))
          .hasMessageContaining("may be entered by others (mode 07")
          .hasMessageEndingWith("chmod 700 " + run());
    }
    directory("rwx------");
    DescriptorListener.open(socket()).close();
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    directory("rwx------");
    assertThatThrownBy(() -> SocketDirectory.secure(run(), Peer.ownUser() + 1))
        .hasMessageContaining(
            "belongs to user %d and not to user %d".formatted(Peer.ownUser(), Peer.ownUser() + 1));
  }

  @Test
  void aLinkInPlaceOfTheDirectoryIsRefused() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(run(), real);
    assertThatThrownBy(() -> DescriptorListener.open(socket()))
        .hasMessageContaining("is not a directory");
  }

  @Test
  void theLongestPathIsTakenAndALongerOneTold() throws IOException {
    Path directory = temporary.resolve("run");
    int room = SocketDirectory.PATH_BYTES_MOST - directory.toString().length() - 1;
    DescriptorListener.open(directory.resolve("x".repeat(room))).close();
    Path longer = directory.resolve("x".repeat(room + 1));
    assertThatThrownBy(() -> DescriptorListener.open(longer))
        .hasMessage(
            "The socket path %s has 107 bytes; Java takes 106, so choose a shorter directory."
                .formatted(longer));
    assertThatThrownBy(() -> DescriptorSocket.connect(longer)).hasMessageContaining("107 bytes");
  }

  @Test
  void theSocketOfAKilledProcessIsReplaced() throws IOException {
    directory("rwx------");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket()))
        .close(); // the file stays, as after a kill
    assertThat(socket()).exists();
    try (DescriptorListener listener = DescriptorListener.open(socket());
        DescriptorSocket client = DescriptorSocket.connect(socket());
        DescriptorSocket server = listener.accept()) {
      assertThat(client.peer()).isEqualTo(server.peer());
    }
  }

  @Test
  void aSocketThatIsListenedToIsNotReplacedEvenIfItIsBusy() throws IOException {
    try (DescriptorListener _ = DescriptorListener.open(socket())) {
      // each attempt leaves a connection that nobody accepts; the last ones find no room for theirs
      for (int i = 0; i < DescriptorListener.BACKLOG + 5; i++) {
        assertThatThrownBy(() -> DescriptorListener.open(socket()))
            .isInstanceOf(BindException.class)
            .hasMessage("Another process listens at %s already.", socket());
      }
    }
  }

  @Test
  void whatIsNoSocketIsNotRemoved() throws IOException {
    directory("rwx------");
    Files.writeString(socket(), "precious");
    assertThatThrownBy(() -> DescriptorListener.open(socket()))
        .hasMessageContaining("is not a socket");
    assertThat(socket()).hasContent("precious");
  }

  @Test
  void aSocketThatAnotherMadeSinceIsNotRemoved() throws IOException {
    DescriptorListener first = DescriptorListener.open(socket());
    Files.delete(socket());
    try (DescriptorListener second = DescriptorListener.open(socket())) {
      first.close();
      assertThat(second.path()).exists();
      DescriptorSocket.connect(socket()).close();
    }
    assertThat(socket()).doesNotExist();
    first.close();
  }

  @Test
  void ofManyThatStartAtOnceOneListens() throws Exception {
    for (int round = 0; round < 50; round++) {
      directory("rwx------");
      ServerSocketChannel.open(StandardProtocolFamily.UNIX)
          .bind(UnixDomainSocketAddress.of(socket()))
          .close();
      CountDownLatch start = new CountDownLatch(1);
      List<FutureTask<DescriptorListener>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FutureTask<DescriptorListener> one =
            new FutureTask<>(() -> {
              start.await();
              return DescriptorListener.open(socket());
            });
        all.add(one);
        Thread.ofPlatform().start(one);
      }
      start.countDown();
      List<DescriptorListener> opened = new ArrayList<>();
      for (FutureTask<DescriptorListener> one : all) {
        try {
          opened.add(one.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(BindException.class);
        }
      }
      assertThat(opened).hasSize(1);
      opened.getFirst().close();
    }
  }

  @Test
  void closingEndsAWaitingAccept() throws Exception {
    DescriptorListener listener = DescriptorListener.open(socket());
    FutureTask<DescriptorSocket> accepted = new FutureTask<>(listener::accept);
    Thread.ofVirtual().start(accepted);
    listener.close();
    assertThatThrownBy(() -> accepted.get(10, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aProcessOfAnotherUserIsRefusedByBothEnds() throws Exception {
    assumeTrue(Peer.ownUser() == 0, "SKIPPED: becoming another user needs root");
    try (DescriptorListener listener = DescriptorListener.open(socket())) {
      for (Path path : List.of(socket(), run(), temporary)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
      int before = OpenFiles.count();
      FutureTask<SocketChannel> connected =
          new FutureTask<>(() -> {
            ThreadUser.become(NOBODY);
            return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
          });
      Thread.ofPlatform().start(connected);
      SocketChannel stranger = connected.get(10, TimeUnit.SECONDS);
      assertThatThrownBy(listener::accept)
          .isInstanceOf(PeerRefusedException.class)
          .hasMessage(
              "Process %d of user 65534 is not trusted with connections; it has to run as user 0 or"
                  + " root.",
              ProcessHandle.current().pid());
      stranger.close();
      assertThat(OpenFiles.count()).isEqualTo(before);
      DescriptorSocket.connect(socket()).close();
      listener.accept().close();
    }

    FutureTask<ServerSocketChannel> listening =
        new FutureTask<>(() -> {
          ThreadUser.become(NOBODY);
          return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              .bind(UnixDomainSocketAddress.of(socket()));
        });
    Thread.ofPlatform().start(listening);
    try (ServerSocketChannel _ = listening.get(10, TimeUnit.SECONDS)) {
      assertThatThrownBy(() -> DescriptorSocket.connect(socket()))
          .isInstanceOf(PeerRefusedException.class)
          .hasMessageContaining("of user 65534");
    }
  }
}
