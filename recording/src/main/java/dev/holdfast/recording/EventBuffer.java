package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Input;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Resize;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Events as they are stored, but for their numbers, which they get when they are written. It grows
 * with what is put into it; the bound is its owner's. Caller locks.
 */
public final class EventBuffer {
  static final byte KIND_START = 1;
  static final byte KIND_OUTPUT = 2;
  static final byte KIND_INPUT = 3;
  static final byte KIND_RESIZE = 4;
  static final byte KIND_GAP = 5;
  static final byte KIND_EXIT = 6;
  static final byte KIND_END = 7;

  /** Bytes of an event before its body: length, number, time, kind. */
  static final int HEAD = 4 + 8 + 8 + 1;

  private static final int LEAST = 512;

  private byte[] bytes = new byte[0];
  private int size;
  private long output;

  /** Bytes in it. */
  public int size() {
    return size;
  }

  /** Bytes of output in it. */
  public long output() {
    return output;
  }

  byte[] array() {
    return bytes;
  }

  /** Empties it; memory beyond {@code kept} bytes is given back. */
  public void clear(int kept) {
    size = 0;
    output = 0;
    if (bytes.length > kept) {
      bytes = new byte[0];
    }
  }

  /** Adds output, in as many events as it takes. */
  public void output(long nanos, Way way, byte[] source, int offset, int length) {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, RecordingFormat.MOST_DATA);
      head(nanos, KIND_OUTPUT, 1 + count).put(way.code).put(source, offset + done, count);
      done += count;
    }
    output += length;
  }

  /** Adds input, in as many events as it takes. */
  public void input(long nanos, byte[] source, int offset, int length) {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, RecordingFormat.MOST_DATA);
      head(nanos, KIND_INPUT, count).put(source, offset + done, count);
      done += count;
    }
  }

  /** Adds any event. */
  public void add(long nanos, Content content) {
    switch (content) {
      case Start(var about) -> {
        byte[] text = text(about.line());
        head(nanos, KIND_START, text.length).put(text);
      }
      case Output(Way way, byte[] data) -> output(nanos, way, data, 0, data.length);
      case Input(byte[] data) -> input(nanos, data, 0, data.length);
      case Resize(int columns, int rows) ->
          head(nanos, KIND_RESIZE, 8).putInt(columns).putInt(rows);
      case Gap(long lost, String reason) -> {
        byte[] text = text(reason);
        head(nanos, KIND_GAP, 8 + text.length).putLong(lost).put(text);
      }
      case Exit(var how, int status, String signal) -> {
        byte[] text = text(signal);
        head(nanos, KIND_EXIT, 5 + text.length).put(how.code).putInt(status).put(text);
      }
      case End(var why, long total, String reason) -> {
        byte[] text = text(reason);
        head(nanos, KIND_END, 9 + text.length).put(why.code).putLong(total).put(text);
      }
    }
  }

  private static byte[] text(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    if (encoded.length > RecordingFormat.MOST_TEXT) {
      throw new IllegalArgumentException("a text of " + encoded.length + " bytes");
    }
    return encoded;
  }

  private ByteBuffer head(long nanos, byte kind, int body) {
    int needed = size + HEAD + body;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(LEAST, Integer.highestOneBit(needed - 1) << 1));
    }
    ByteBuffer event = ByteBuffer.wrap(bytes, size, HEAD + body);
    size = needed;
    return event.putInt(HEAD - 4 + body).putLong(0).putLong(nanos).put(kind);
  }
}
