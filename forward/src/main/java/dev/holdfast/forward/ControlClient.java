package dev.holdfast.forward;

import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.link.SocketDirectory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Gives orders to a user's running service, see {@link ControlPoint}. For one thread. */
public final class ControlClient implements AutoCloseable {
  private final SocketChannel channel;
  private final ControlLines lines;

  private ControlClient(SocketChannel channel) {
    this.channel = channel;
    lines = new ControlLines(channel);
  }

  /** The running service, if there is one. */
  public static Optional<ControlClient> connect(ControlFiles files) throws IOException {
    if (!Files.exists(files.socket())) {
      return Optional.empty();
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(SocketDirectory.address(files.socket()));
      return Optional.of(new ControlClient(channel));
    } catch (ConnectException | NoSuchFileException e) {
      channel.close();
      return Optional.empty();
    } catch (java.net.SocketException e) {
      channel.close();
      return Optional.empty();
    }
  }

  /** The answer to an order; fails with the sentence of one that says no. */
  public Map<String, Object> ask(Map<String, ?> order) throws IOException {
    lines.write(order);
    Map<String, Object> answer =
        next().orElseThrow(() -> new IOException("The forwarder ended before it answered."));
    if (!Boolean.TRUE.equals(answer.get("ok"))) {
      throw new IOException(String.valueOf(answer.get("error")));
    }
    return answer;
  }

  /** Hands on each event until the service ends. */
  public void events(Consumer<Map<String, Object>> to) throws IOException {
    ask(Map.of("op", "events"));
    for (var event = next(); event.isPresent(); event = next()) {
      to.accept(event.get());
    }
  }

  private Optional<Map<String, Object>> next() throws IOException {
    try {
      return lines.read();
    } catch (MalformedJsonException e) {
      throw new IOException("The forwarder's answer can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
