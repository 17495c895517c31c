package dev.holdfast.proxy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What a process of a proxy asks the one that has the nodes' control links: to reach a node.
 *
 * <pre>
 *   u8 format │ u16 length │ node, in UTF-8 │ u8 length │ address │ u16 port │ u8 1 with a ticket │ what a newer version adds
 * </pre>
 *
 * @param client for whom
 */
record RoadQuestion(String node, Traveller client) {
  /** Version of the format; a question of another one is not answered. */
  static final int FORMAT = 1;

  /** Longest name of a node. */
  static final int MOST_NAME = 1024;

  RoadQuestion {
    if (client.from().getAddress() == null || node.length() > MOST_NAME) {
      throw new IllegalArgumentException(node + " for " + client);
    }
  }

  /** The bytes of the question. */
  ByteBuffer encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] address = client.from().getAddress().getAddress();
    try {
      out.writeByte(FORMAT);
      out.writeUTF(node);
      out.writeByte(address.length);
      out.write(address);
      out.writeShort(client.from().getPort());
      out.writeBoolean(client.hasTicket());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /**
   * Reads a question.
   *
   * @throws IOException if it is none, or of another version
   */
  static RoadQuestion read(ByteBuffer body) throws IOException {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    if (in.readUnsignedByte() != FORMAT) {
      throw new IOException("a question of another version");
    }
    String node = in.readUTF();
    InetAddress address = InetAddress.getByAddress(in.readNBytes(in.readUnsignedByte()));
    int port = in.readUnsignedShort();
    // An older version ends here.
    boolean hasTicket = in.read() == 1;
    if (node.length() > MOST_NAME) {
      throw new IOException("a question that is too long");
    }
    return new RoadQuestion(node, new Traveller(new InetSocketAddress(address, port), hasTicket));
  }
}
