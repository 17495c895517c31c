package dev.holdfast.browser;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * That a login has one window at a time: who comes second hands over the address to the first. The
 * first holds a lock, and listens on a socket that only its user may use.
 */
final class WindowControl implements AutoCloseable {
  private final FileChannel file;
  private final FileLock lock;
  private final ServerSocketChannel listener;

  private WindowControl(FileChannel file, FileLock lock, ServerSocketChannel listener) {
    this.file = file;
    this.lock = lock;
    this.listener = listener;
  }

  /**
   * Becomes the first, or hands over: then nothing is returned.
   *
   * @param address what to open
   * @param others hears what later ones want to open, on a thread of its own
   */
  static Optional<WindowControl> first(LoginPlace place, String address, Consumer<String> others)
      throws IOException {
    FileChannel file =
        FileChannel.open(place.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = file.tryLock();
    if (lock == null) {
      file.close();
      tell(place.control(), address);
      return Optional.empty();
    }
    WindowControl control = new WindowControl(file, lock, listen(place.control()));
    Thread.ofPlatform().daemon().name("window").start(() -> control.hear(others));
    return Optional.of(control);
  }

  private static ServerSocketChannel listen(Path socket) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    return listener;
  }

  private static void tell(Path socket, String address) throws IOException {
    try (SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      first.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer bytes = ByteBuffer.wrap(address.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        first.write(bytes);
      }
      first.shutdownOutput();
      first.read(ByteBuffer.allocate(1)); // Its end says that it was heard.
    }
  }

  private void hear(Consumer<String> others) {
    while (listener.isOpen()) {
      try (SocketChannel other = listener.accept()) {
        ByteBuffer bytes = ByteBuffer.allocate(PastedAddress.MOST);
        while (bytes.hasRemaining() && other.read(bytes) >= 0) {
          // All of it is wanted.
        }
        others.accept(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        // That one has gone; or the window is closed, which ends the loop.
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      lock.release();
      file.close();
    } catch (IOException e) {
      // It goes with the process.
    }
  }
}
