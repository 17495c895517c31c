package dev.holdfast.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A connection to an agent that holds private keys and signs with them (draft-ietf-sshm-ssh-agent),
 * over its Unix-domain socket; the library speaks the protocol, this carries it. Thread-safe: one
 * request at a time.
 */
final class AgentSocket extends AbstractAgentProxy {
  /** Bytes of an answer, as in OpenSSH (authfd.c, MAX_AGENT_REPLY_LEN). */
  static final int MOST_REPLY = 256 * 1024;

  private final SocketChannel socket;

  private AgentSocket(SocketChannel socket) {
    super(null);
    this.socket = socket;
  }

  /** A connection to the agent at that path. */
  static AgentSocket connect(Path path) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(path));
      return new AgentSocket(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** A request that the library does not make, and the type of its answer. */
  int ask(byte[] message) throws IOException {
    ByteArrayBuffer request = new ByteArrayBuffer();
    request.putBytes(message);
    return request(request).getUByte();
  }

  /** This connection as the library sees it. */
  SshAgent agent() {
    return this;
  }

  @Override
  protected synchronized Buffer request(Buffer request) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request.array(), request.rpos(), request.available());
    while (out.hasRemaining()) {
      socket.write(out);
    }
    int length = read(Integer.BYTES).getInt();
    if (length < 1 || length > MOST_REPLY) {
      throw new IOException("The agent's answer has " + Integer.toUnsignedLong(length) + " bytes.");
    }
    return new ByteArrayBuffer(read(length).array());
  }

  private ByteBuffer read(int bytes) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(bytes);
    while (in.hasRemaining()) {
      if (socket.read(in) < 0) {
        throw new IOException("The agent has ended the connection.");
      }
    }
    return in.flip();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    super.close();
  }
}
