package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The server's side of SOCKS, as far as -D needs it: CONNECT without a login, of version 4, 4A and
 * 5 (RFC 1928).
 */
public final class Socks {
  /** Characters of a name or of version 4's user. */
  static final int MOST_TEXT = 255;

  private static final int CONNECT = 1;
  private static final int ADDRESS = 1;
  private static final int NAME = 3;
  private static final int ADDRESS6 = 4;

  private final Duplex client;
  private final int version;

  /** Where the client wants to go. */
  private final PortForward.Place.Port to;

  private Socks(Duplex client, int version, PortForward.Place.Port to) {
    this.client = client;
    this.version = version;
    this.to = to;
  }

  /**
   * Reads what the client asks for; whoever speaks something else gets no answer, and whoever takes
   * longer than {@code most} is hung up on.
   */
  static Socks accept(Duplex client, Duration most) throws IOException {
    try (ForwardedConnections.Deadline _ = ForwardedConnections.within(most, client)) {
      return accept(client);
    }
  }

  /** The same for as long as it takes. */
  public static Socks accept(Duplex client) throws IOException {
    int version = number(client);
    return switch (version) {
      case 4 -> version4(client);
      case 5 -> version5(client);
      default -> throw new IOException("The client speaks no SOCKS.");
    };
  }

  public PortForward.Place.Port to() {
    return to;
  }

  private static Socks version4(Duplex client) throws IOException {
    checkConnects(number(client));
    int port = number(client) << 8 | number(client);
    byte[] address = bytes(client, 4);
    text(client);
    boolean isName = address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0;
    String host = isName ? text(client) : InetAddress.getByAddress(address).getHostAddress();
    return new Socks(client, 4, place(host, port));
  }

  private static Socks version5(Duplex client) throws IOException {
    bytes(client, number(client));
    client.write(ByteBuffer.wrap(new byte[] {5, 0}));
    if (number(client) != 5) {
      throw new IOException("The client changes its version.");
    }
    checkConnects(number(client));
    number(client);
    int kind = number(client);
    String host =
        switch (kind) {
          case ADDRESS -> InetAddress.getByAddress(bytes(client, 4)).getHostAddress();
          case ADDRESS6 -> InetAddress.getByAddress(bytes(client, 16)).getHostAddress();
          case NAME -> new String(bytes(client, number(client)), StandardCharsets.ISO_8859_1);
          default -> throw new IOException("The client asks for an unknown kind of address.");
        };
    int port = number(client) << 8 | number(client);
    return new Socks(client, 5, place(host, port));
  }

  private static PortForward.Place.Port place(String host, int port) throws IOException {
    if (host.isEmpty()) {
      throw new IOException("The client names no host.");
    }
    return new PortForward.Place.Port(host, port);
  }

  private static void checkConnects(int command) throws IOException {
    if (command != CONNECT) {
      throw new IOException("The client asks for something else than a connection.");
    }
  }

  /** Tells the client whether it is connected. */
  public void answer(boolean isConnected) throws IOException {
    byte[] answer =
        version == 4
            ? new byte[] {0, (byte) (isConnected ? 90 : 91), 0, 0, 0, 0, 0, 0}
            : new byte[] {5, (byte) (isConnected ? 0 : 5), 0, ADDRESS, 0, 0, 0, 0, 0, 0};
    client.write(ByteBuffer.wrap(answer));
  }

  private static String text(Duplex client) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int c = number(client); c != 0; c = number(client)) {
      if (text.size() == MOST_TEXT) {
        throw new IOException("The client sends a text of more than 255 bytes.");
      }
      text.write(c);
    }
    return text.toString(StandardCharsets.ISO_8859_1);
  }

  private static int number(Duplex client) throws IOException {
    return bytes(client, 1)[0] & 0xff;
  }

  private static byte[] bytes(Duplex client, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (client.read(bytes) < 0) {
        throw new IOException("The client has gone.");
      }
    }
    return bytes.array();
  }
}
