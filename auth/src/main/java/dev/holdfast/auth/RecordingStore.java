package dev.holdfast.auth;

import dev.holdfast.recording.PartStore;
import java.io.IOException;

/** A store of parts that this service has the keys of. Thread-safe. */
interface RecordingStore extends PartStore, AutoCloseable {
  /** Bytes of the longest part. */
  int MOST_PART = 16 << 20;

  /** Parts of the longest recording. */
  int MOST_PARTS = 100_000;

  /**
   * Puts the parts of a recording together, where the store wants few big objects; whoever reads
   * sees no difference, and parts may still come later. One at a time for a recording.
   */
  void compose(String recording) throws IOException;

  /** Where it is, for people and without any secret. */
  String place();

  @Override
  void close();
}
