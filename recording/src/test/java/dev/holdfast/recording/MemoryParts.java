package dev.holdfast.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parts in memory, as a writer makes them. */
final class MemoryParts implements RecordingWriter.Sink {
  final List<ByteArrayOutputStream> parts = new ArrayList<>();
  int finished;

  /** Parts that there is room for. */
  int room = Integer.MAX_VALUE;

  @Override
  public void prepare(int index) throws IOException {
    if (index >= room) {
      throw new IOException("no room");
    }
  }

  @Override
  public void write(int index, byte[] bytes, int from, int to) {
    while (parts.size() <= index) {
      parts.add(new ByteArrayOutputStream());
    }
    parts.get(index).write(bytes, from, to - from);
  }

  @Override
  public void finish(int index, Optional<Continuation> next) {
    finished = index + 1;
  }

  byte[] part(int index) {
    return parts.get(index).toByteArray();
  }
}
