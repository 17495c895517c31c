package dev.holdfast.node;

import dev.holdfast.recording.Event.Exit;
import org.jspecify.annotations.Nullable;

/** A recording that is being made, as its session sees it. Thread-safe. */
interface Recording {
  /** What the recording asks of its session; from any thread. */
  interface Session {
    /** There is room on the tape again. */
    void room();

    /** So many more bytes of output are durable. */
    default void durable(long bytes) {}

    /** All is written, to the end. */
    default void written() {}

    /** The session is to end since it can't be recorded, with this sentence. */
    void failed(String sentence);
  }

  /** Where what happens goes. */
  Tape tape();

  /** Who is told; called once, before anything happens. */
  void tell(Session session);

  /**
   * Nothing follows. The second time it does nothing.
   *
   * @param exit how the program ended, if it did
   * @param reason a sentence if it did not; else empty
   */
  void end(@Nullable Exit exit, String reason);
}
