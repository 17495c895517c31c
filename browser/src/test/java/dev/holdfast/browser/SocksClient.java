package dev.holdfast.browser;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A browser's side of SOCKS 5, with one request over it. */
final class SocksClient {
  private SocksClient() {}

  /** What is answered to {@code request}; the reply code if it was not led on. */
  static String ask(int door, String host, int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door)) {
      socket.setSoTimeout(30_000);
      byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
      socket.getOutputStream().write(new byte[] {5, 1, 0});
      DataInputStream in = new DataInputStream(socket.getInputStream());
      if (in.read() < 0) {
        return "closed";
      }
      in.readByte();
      socket.getOutputStream().write(new byte[] {5, 1, 0, 3, (byte) name.length});
      socket.getOutputStream().write(name);
      socket.getOutputStream().write(new byte[] {(byte) (port >> 8), (byte) port});
      byte[] answer = in.readNBytes(10);
      if (answer.length < 10 || answer[1] != 0) {
        return answer.length < 2 ? "closed" : "code " + answer[1];
      }
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      return "closed";
    }
  }
}
