package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Input;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Resize;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.function.ToIntFunction;

/** Reads the events of one block, which a stranger may have made. Confined to one call. */
final class EventReader {
  private static final int LEAST_LENGTH = EventBuffer.HEAD - 4;

  private EventReader() {}

  /** The next event, behind which {@code in} stands then. */
  static Event next(ByteBuffer in) throws MalformedPartException {
    try {
      int length = in.getInt();
      if (length < LEAST_LENGTH || length > RecordingFormat.MOST_EVENT || length > in.remaining()) {
        throw new MalformedPartException("an event's length can't be " + length);
      }
      ByteBuffer event = in.slice(in.position(), length);
      in.position(in.position() + length);
      long number = event.getLong();
      long nanos = event.getLong();
      if (number < 0 || nanos < 0) {
        throw new MalformedPartException("an event's number or time is negative");
      }
      return new Event(number, nanos, content(event.get(), event));
    } catch (BufferUnderflowException e) {
      throw new MalformedPartException("an event is too short");
    }
  }

  private static Content content(byte kind, ByteBuffer body) throws MalformedPartException {
    return switch (kind) {
      case EventBuffer.KIND_START -> start(text(body));
      case EventBuffer.KIND_OUTPUT -> {
        Way way = one(Way.values(), body.get(), it -> it.code);
        yield new Output(way, data(body));
      }
      case EventBuffer.KIND_INPUT -> new Input(data(body));
      case EventBuffer.KIND_RESIZE -> resize(body);
      case EventBuffer.KIND_GAP -> new Gap(count(body), text(body));
      case EventBuffer.KIND_EXIT ->
          new Exit(one(How.values(), body.get(), it -> it.code), body.getInt(), text(body));
      case EventBuffer.KIND_END ->
          new End(one(Why.values(), body.get(), it -> it.code), count(body), text(body));
      default -> throw new MalformedPartException("nothing is known of events of kind " + kind);
    };
  }

  private static Content start(String text) throws MalformedPartException {
    try {
      if (Json.parse(text) instanceof Json.Members about) {
        return new Start(about);
      }
    } catch (MalformedJsonException e) {
      throw new MalformedPartException("the description in the first event is not JSON");
    }
    throw new MalformedPartException("the description in the first event is no object of JSON");
  }

  private static Content resize(ByteBuffer body) throws MalformedPartException {
    int columns = body.getInt();
    int rows = body.getInt();
    if (columns < 0 || rows < 0 || body.hasRemaining()) {
      throw new MalformedPartException("a size that can't be");
    }
    return new Resize(columns, rows);
  }

  private static long count(ByteBuffer body) throws MalformedPartException {
    long count = body.getLong();
    if (count < 0) {
      throw new MalformedPartException("a number of bytes is negative");
    }
    return count;
  }

  private static byte[] data(ByteBuffer body) throws MalformedPartException {
    if (!body.hasRemaining() || body.remaining() > RecordingFormat.MOST_DATA) {
      throw new MalformedPartException("an event has no bytes, or too many");
    }
    byte[] data = new byte[body.remaining()];
    body.get(data);
    return data;
  }

  private static String text(ByteBuffer body) throws MalformedPartException {
    if (body.remaining() > RecordingFormat.MOST_TEXT) {
      throw new MalformedPartException("a text is too long");
    }
    try {
      return UTF_8.newDecoder().decode(body).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedPartException("a text is not UTF-8");
    }
  }

  private static <T> T one(T[] values, byte code, ToIntFunction<T> codes)
      throws MalformedPartException {
    for (T value : values) {
      if (codes.applyAsInt(value) == code) {
        return value;
      }
    }
    throw new MalformedPartException("a number in an event means nothing");
  }
}
