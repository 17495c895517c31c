package dev.holdfast.cli;

import dev.holdfast.recording.Event;
import dev.holdfast.recording.Verification;
import java.io.IOException;
import java.util.function.Consumer;

/** Where one recording is. */
sealed interface RecordingPlace permits RecordedFiles, ClusterRecording {
  /** For people. */
  String name();

  /** Checks it, from its beginning; what is whole goes to {@code sink} in order. */
  Verification read(Consumer<Event> sink) throws IOException;
}
