package dev.holdfast.cli;

import dev.holdfast.link.ListenDescriptors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The TCP listeners that systemd opened for this process, if it did. */
final class SystemdListeners {
  private SystemdListeners() {}

  /** Takes them; once in a process. */
  static List<ServerSocketChannel> take() throws IOException {
    List<ServerSocketChannel> listeners = new ArrayList<>();
    for (ListenDescriptors.Named named : ListenDescriptors.take()) {
      ServerSocketChannel listener = named.descriptor().toListener();
      if (!(listener.getLocalAddress() instanceof InetSocketAddress)) {
        throw new IOException(
            "The socket '%s' that systemd opened is not one of TCP; correct its ListenStream=."
                .formatted(named.name()));
      }
      listeners.add(listener);
    }
    return listeners;
  }
}
