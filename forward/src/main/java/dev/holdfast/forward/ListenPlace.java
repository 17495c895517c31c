package dev.holdfast.forward;

import dev.holdfast.client.PortForward;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Where a forward listens on this machine. */
sealed interface ListenPlace {
  /** As status shows it before there is a port. */
  String text();

  /** One port, and no other. */
  record Port(int port) implements ListenPlace {
    @Override
    public String text() {
      return "localhost:" + port;
    }
  }

  /** A Unix-domain socket. */
  record Socket(Path path) implements ListenPlace {
    @Override
    public String text() {
      return path.toString();
    }
  }

  /** The app's own port, which is remembered in {@code book}. */
  record Stable(Server server, FarAddress app, PortBook book) implements ListenPlace {
    @Override
    public String text() {
      return "localhost";
    }

    /** The ports to try, in order. */
    List<Integer> candidates() {
      return PortChoice.candidates(server.name(), app, book.find(server.name(), app), book.taken());
    }

    /** That port is had. */
    void chosen(int port) throws IOException {
      if (book.find(server.name(), app).isEmpty()) {
        book.put(server.name(), app, port);
      }
    }
  }

  /** The place of a listener that was asked for; fails where others could reach it. */
  static ListenPlace of(PortForward.Listen listen) throws FarFailure {
    return switch (listen) {
      case PortForward.Listen.Socket socket -> new Socket(Path.of(socket.path()));
      case PortForward.Listen.Port port -> {
        String address = port.address().orElse("localhost");
        if (!Set.of("localhost", "127.0.0.1", "::1").contains(address)) {
          throw new FarFailure(
              new Trouble.Misconfigured(
                  "A forward listens on this machine's loopback only, not at '%s'; 'holdfast ssh -L'"
                          .formatted(address)
                      + " listens elsewhere."));
        }
        yield new Port(port.port());
      }
    };
  }
}
