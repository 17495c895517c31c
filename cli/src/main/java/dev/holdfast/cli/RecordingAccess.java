package dev.holdfast.cli;

import dev.holdfast.auth.RemoteParts;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.RecordingFormat;
import dev.holdfast.recording.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where a command finds recordings. What is there as a file or directory is that; else 32
 * hexadecimal digits are the ID of a recording of the cluster. With --cluster or --socket only an
 * ID is meant.
 */
final class RecordingAccess implements AutoCloseable {
  /** How an argument is described. */
  static final String ARGUMENT =
      "A recording's file or directory; or, if there is none of that name, its ID in the cluster.";

  /** How the file with a key to read by is described. */
  static final String IDENTITY =
      "The file with the key for encrypted recordings, of 'recordings keygen'.";

  @Mixin private ApiAccess api;

  @Option(names = "--identity", paramLabel = "FILE", description = IDENTITY)
  private @Nullable Path identity;

  private @Nullable RemoteParts parts;

  /** The one recording that is meant. */
  RecordingPlace one(String argument) throws IOException {
    return isFile(argument) ? RecordedFiles.one(Path.of(argument), keys()) : ofCluster(argument);
  }

  /** The recordings that are meant: of a directory of them all. */
  List<? extends RecordingPlace> at(String argument) throws IOException {
    return isFile(argument)
        ? RecordedFiles.at(Path.of(argument), keys())
        : List.of(ofCluster(argument));
  }

  /** Whether a file or directory is meant. */
  boolean isFile(String argument) {
    return !api.isNamed() && Files.exists(Path.of(argument));
  }

  private ClusterRecording ofCluster(String id) throws IOException {
    if (!RecordingFormat.isName(id)) {
      throw new IOException(
          "There is no file or directory %s, and the ID of a recording has 32 digits and letters from a to f."
              .formatted(id));
    }
    return ClusterRecording.find(id, parts(), keys());
  }

  /** The recordings of the cluster. */
  RemoteParts parts() {
    RemoteParts there = parts;
    if (there == null) {
      there = new RemoteParts(api::open);
      parts = there;
    }
    return there;
  }

  /** What there is to read by. */
  List<ReadingKey> keys() throws IOException {
    return identity == null ? List.of() : ReadingKey.load(identity);
  }

  /** Tells people what is wrong with a recording that they want to see; returns the status. */
  static int tell(Verification found, PrintWriter err) {
    found.findings().forEach(finding -> err.println("holdfast: " + finding));
    if (!found.hidden().isEmpty()) {
      err.println("holdfast: " + unreadable(found));
      return 1;
    }
    return found.state() == Verification.State.WHOLE ? 0 : 1;
  }

  /** What is said of a recording for which there is no key here. */
  static String unreadable(Verification found) {
    return "This recording is encrypted; give the file with the key of one of these by --identity: "
        + found.hidden().stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    if (parts != null) {
      parts.close();
    }
  }
}
