package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code holdfast train}: connects through a gate of its own to an echo, so that the JVM can note
 * for its AOT cache what the start of {@code connect} needs; and the same for {@code ssh}.
 */
@Command(name = "train", hidden = true, description = "Do what connect does, for the AOT cache.")
final class Train implements Callable<Integer> {
  private static final byte[] GREETING = "SSH-2.0-train\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int ECHOED = 64 * 1024;

  @Override
  public Integer call() throws IOException, InterruptedException {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket echo = new ServerSocket(0, 1, here)) {
      Thread.ofPlatform().daemon().start(() -> serve(echo));
      GateSettings settings =
          GateSettings.of(
              List.of(new InetSocketAddress(here, 0)),
              new Destination(here.getHostAddress(), echo.getLocalPort()));
      try (Gate gate = Gate.start(settings, event -> {})) {
        int connected = connect((InetSocketAddress) gate.addresses().getFirst());
        return connected == 0 ? more() : connected;
      }
    }
  }

  /** What can't be done here is not noted; the cache is good for the rest all the same. */
  private static int more() throws InterruptedException {
    for (Part part : List.<Part>of(TrainCluster::run, TrainSsh::run)) {
      try {
        part.run();
      } catch (IOException | RuntimeException e) {
        System.err.println("holdfast: a part of the training failed: " + e.getMessage());
      }
    }
    return 0;
  }

  private interface Part {
    void run() throws IOException, InterruptedException;
  }

  private static void serve(ServerSocket echo) {
    try (Socket client = echo.accept()) {
      client.getOutputStream().write(GREETING);
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The other end fails too, and says so.
    }
  }

  private static int connect(InetSocketAddress gate) throws IOException {
    Pipe in = Pipe.open();
    Pipe out = Pipe.open();
    Thread.ofPlatform().daemon().start(() -> talk(in, out));
    return Main.connectOnly(new StandardStreams(in.source(), out.sink(), null, false))
        .execute("connect", gate.getAddress().getHostAddress(), Integer.toString(gate.getPort()));
  }

  private static void talk(Pipe in, Pipe out) {
    try {
      in.sink().write(ByteBuffer.wrap(GREETING));
      in.sink().write(ByteBuffer.allocate(ECHOED));
      Channels.newInputStream(out.source()).readNBytes(2 * GREETING.length + ECHOED);
      in.sink().close();
      Channels.newInputStream(out.source()).readAllBytes();
    } catch (IOException e) {
      // The other end fails too, and says so.
    }
  }
}
