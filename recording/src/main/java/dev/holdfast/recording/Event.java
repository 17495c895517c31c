package dev.holdfast.recording;

import dev.holdfast.access.Json;

/**
 * One thing that happened in a session.
 *
 * @param number from 0, without gaps
 * @param nanos since the recording began, never less than that of the event before
 * @param content what happened
 */
public record Event(long number, long nanos, Content content) {
  public Event {
    if (number < 0 || nanos < 0) {
      throw new IllegalArgumentException("event " + number + " at " + nanos + " ns");
    }
  }

  /** What happened. */
  public sealed interface Content {}

  /**
   * The session begins: the first event of every recording.
   *
   * @param about who, where, what, as {@code PROTOCOL.recording} 4.1 has it
   */
  public record Start(Json.Members about) implements Content {}

  /** Which of the two ways of output. */
  public enum Way {
    STDOUT(1),
    STDERR(2);

    final byte code;

    Way(int code) {
      this.code = (byte) code;
    }
  }

  /** The program wrote; {@code bytes} are never none. */
  public record Output(Way way, byte[] bytes) implements Content {}

  /** Somebody typed; {@code bytes} are never none. */
  public record Input(byte[] bytes) implements Content {}

  /** The terminal has another size. */
  public record Resize(int columns, int rows) implements Content {}

  /**
   * Something is missing here.
   *
   * @param bytes of output that are, 0 if that is not known
   * @param reason a sentence
   */
  public record Gap(long bytes, String reason) implements Content {}

  /** How a program ended. */
  public enum How {
    STATUS(0),
    SIGNAL(1),
    /** Nobody knows. */
    SILENT(2);

    final byte code;

    How(int code) {
      this.code = (byte) code;
    }
  }

  /**
   * The program ended.
   *
   * @param status if it exited
   * @param signal without SIG, if it was killed; else empty
   */
  public record Exit(How how, int status, String signal) implements Content {}

  /** Why nothing follows. */
  public enum Why {
    /** The session ended. */
    WHOLE(0),
    /** What followed could not be recorded, or the recorder died and another process wrote this. */
    CUT(1);

    final byte code;

    Why(int code) {
      this.code = (byte) code;
    }
  }

  /**
   * Nothing follows: the last event of every recording that has come to its end.
   *
   * @param bytes of output in the recording
   * @param reason a sentence; may be empty
   */
  public record End(Why why, long bytes, String reason) implements Content {}
}
