package dev.holdfast.forward;

import java.util.Optional;

/** Where something listens, as a server sees it. */
public sealed interface FarAddress {
  /**
   * A TCP port.
   *
   * @param host a name or address that the server resolves
   * @param port 1 to 65535
   */
  record Port(String host, int port) implements FarAddress {
    /** Characters of a host's name; NI_MAXHOST. */
    static final int MOST_HOST = 1024;

    public Port {
      if (host.isEmpty() || host.length() > MOST_HOST || port < 1 || port > 65_535) {
        throw new IllegalArgumentException("host '" + host + "', port " + port);
      }
    }

    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /**
   * A Unix-domain socket.
   *
   * @param path absolute, or as the server understands it
   */
  record Socket(String path) implements FarAddress {
    /** Bytes of a path; Linux' {@code sun_path}. */
    static final int MOST_PATH = 107;

    public Socket {
      if (path.isEmpty() || path.length() > MOST_PATH) {
        throw new IllegalArgumentException("path '" + path + "'");
      }
    }

    @Override
    public String toString() {
      return path;
    }
  }

  /** A port of the server's own loopback. */
  static FarAddress loopback(int port) {
    return new Port("localhost", port);
  }

  /** {@code port}, {@code host:port}, {@code [address]:port} or a path; nothing if it is none. */
  static Optional<FarAddress> parse(String text) {
    if (text.startsWith("/")) {
      return text.length() <= Socket.MOST_PATH ? Optional.of(new Socket(text)) : Optional.empty();
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "localhost" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      return Optional.empty();
    }
    String number = text.substring(colon + 1);
    boolean isPort = number.matches("[0-9]{1,5}") && !number.matches("0+");
    if (!isPort || host.isEmpty() || host.length() > Port.MOST_HOST) {
      return Optional.empty();
    }
    int port = Integer.parseInt(number);
    return port > 65_535 ? Optional.empty() : Optional.of(new Port(host, port));
  }
}
