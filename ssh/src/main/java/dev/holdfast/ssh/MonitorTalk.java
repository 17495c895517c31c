package dev.holdfast.ssh;

import dev.holdfast.link.Descriptor;
import dev.holdfast.link.DescriptorSocket;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connection between a confined process and its monitor, on which one of them asks and the other
 * answers. Thread-safe on the asking side: one question at a time.
 */
public final class MonitorTalk implements AutoCloseable {
  /** For the other process to take a message. */
  static final Duration TAKEN = Duration.ofSeconds(30);

  private final DescriptorSocket socket;

  public MonitorTalk(DescriptorSocket socket) {
    this.socket = socket;
  }

  /** A message with the descriptors that came with it, which the caller closes. */
  public record Heard(MonitorMessage message, List<Descriptor> descriptors)
      implements AutoCloseable {
    @Override
    public void close() {
      descriptors.forEach(Descriptor::close);
    }
  }

  /** Asks, and waits for the answer; it may take a person's time. */
  public synchronized MonitorMessage ask(MonitorMessage question) throws IOException {
    try (Heard answer = askWith(question)) {
      return answer.message();
    }
  }

  /** The same for an answer with descriptors. */
  public synchronized Heard askWith(MonitorMessage question) throws IOException {
    tell(question);
    return hear().orElseThrow(() -> new EOFException("The other process has ended."));
  }

  /** Sends. */
  public synchronized void tell(MonitorMessage message) throws IOException {
    tell(message, List.of());
  }

  /** Sends with descriptors, which stay the caller's. */
  public synchronized void tell(MonitorMessage message, List<Descriptor> descriptors)
      throws IOException {
    socket.send(message.bytes(), descriptors, TAKEN);
  }

  /** The next message, however long it takes; nothing when the other process has ended. */
  public Optional<Heard> hear() throws IOException {
    while (!socket.awaitMessage(DescriptorSocket.WAIT_MOST)) {
      // Nothing was to be said for an hour.
    }
    Optional<DescriptorSocket.Message> came = socket.receive(TAKEN);
    if (came.isEmpty()) {
      return Optional.empty();
    }
    try {
      MonitorMessage message = MonitorMessage.read(came.get().body());
      return Optional.of(new Heard(message, came.get().descriptors()));
    } catch (IOException | RuntimeException e) {
      came.get().close();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
