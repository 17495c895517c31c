package dev.holdfast.node;

import dev.holdfast.recording.Event.Resize;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.ServedSessionAround;
import dev.holdfast.ssh.WindowSize;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A session that is recorded, as its channel sees it: sizes are noted, and input if that is wanted
 * and shown to whoever types. What the server says comes back as output, and so is recorded.
 * Thread-safe as what it stands for.
 */
final class RecordedSession implements ServedSessionAround {
  private final ServedSession served;
  private final Recording recording;
  private final boolean input;
  private final BooleanSupplier passesRoom;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * The session that {@code served} serves.
   *
   * @param input whether what is typed is recorded
   * @param passesRoom asked when the client has room again: whether the session is told
   */
  RecordedSession(
      ServedSession served, Recording recording, boolean input, BooleanSupplier passesRoom) {
    this.served = served;
    this.recording = recording;
    this.input = input;
    this.passesRoom = passesRoom;
  }

  @Override
  public ServedSession inner() {
    return served;
  }

  /** Echo is asked for first: what is typed may be what switches it on again. */
  @Override
  public int input(byte[] bytes, int offset, int length) {
    if (input && served.echoes()) {
      recording.tape().input(bytes, offset, length);
    }
    return served.input(bytes, offset, length);
  }

  @Override
  public void resize(WindowSize size) {
    recording.tape().add(new Resize(Math.max(size.columns(), 0), Math.max(size.rows(), 0)));
    served.resize(size);
  }

  @Override
  public void writable() {
    if (passesRoom.getAsBoolean()) {
      served.writable();
    }
  }

  /** Also called when the recorder ends the session; what serves it hears of it once. */
  @Override
  public void closed() {
    if (closed.compareAndSet(false, true)) {
      recording.end(null, "The client has gone.");
      served.closed();
    }
  }
}
