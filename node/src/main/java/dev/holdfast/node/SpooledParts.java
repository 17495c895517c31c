package dev.holdfast.node;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.holdfast.link.WholeFile;
import dev.holdfast.recording.Continuation;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.RecordingFormat;
import dev.holdfast.recording.RecordingWriter;
import dev.holdfast.recording.Signer;
import dev.holdfast.recording.TornPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one recording on this machine's disk: the one that is being written, for which there
 * is room before it begins, and those that are whole and wait for the uploader. Beside them is
 * where another process would go on. Confined to one thread at a time, but for {@link #finished}.
 */
final class SpooledParts implements RecordingWriter.Sink {
  private static final String OPEN = ".open";
  private static final String CONTINUATION = "continuation";

  private final Path directory;
  private final SpoolRoom room;
  private final Consumer<Path> whenFinished;
  private @Nullable FileChannel file;
  private int prepared = -1;
  private long size;

  /**
   * Those in {@code directory}.
   *
   * @param whenFinished gets the directory when one of them is whole
   */
  SpooledParts(Path directory, SpoolRoom room, Consumer<Path> whenFinished) {
    this.directory = directory;
    this.room = room;
    this.whenFinished = whenFinished;
  }

  private Path open(int index) {
    return directory.resolve("%08d%s".formatted(index, OPEN));
  }

  @Override
  public void prepare(int index) throws IOException {
    if (prepared >= index) {
      return;
    }
    Path next = open(index);
    room.take(RecordingWriter.MOST_WRITTEN);
    try {
      SpaceReserve.make(next, RecordingWriter.MOST_WRITTEN);
      prepared = index;
    } catch (IOException e) {
      Files.deleteIfExists(next);
      room.give(RecordingWriter.MOST_WRITTEN);
      throw e;
    }
  }

  @Override
  public void write(int index, byte[] bytes, int from, int to) throws IOException {
    prepare(index);
    FileChannel channel = file;
    if (channel == null) {
      channel = FileChannel.open(open(index), WRITE);
      file = channel;
      size = 0;
    }
    try {
      ByteBuffer rest = ByteBuffer.wrap(bytes, from, to - from);
      while (rest.hasRemaining()) {
        channel.write(rest, size + rest.position() - from);
      }
      size += to - from;
    } catch (IOException e) {
      channel.truncate(size);
      throw e;
    }
  }

  /** Where to go on is kept first: a part that is whole and has not its name yet is seen to be. */
  @Override
  public void finish(int index, Optional<Continuation> next) throws IOException {
    FileChannel channel = file;
    if (channel != null) {
      file = null;
      try (channel) {
        channel.force(true);
      }
    }
    if (next.isPresent()) {
      keep(next.get());
    } else {
      Files.deleteIfExists(directory.resolve(CONTINUATION));
    }
    name(open(index), index);
  }

  private void name(Path written, int index) throws IOException {
    long bytes = Files.size(written);
    SpaceReserve.cut(written, bytes);
    room.give(RecordingWriter.MOST_WRITTEN - bytes);
    Files.move(written, directory.resolve(DirectoryParts.fileName(index)), ATOMIC_MOVE);
    whenFinished.accept(directory);
  }

  private void keep(Continuation next) throws IOException {
    WholeFile.replace(directory.resolve(CONTINUATION), next.encoded(), WholeFile.OWN);
  }

  /** Nothing more will be written. */
  void end() throws IOException {
    Files.deleteIfExists(directory.resolve(CONTINUATION));
    whenFinished.accept(directory);
  }

  /** A writer that goes on with what a dead process left; empty if nothing is to be added. */
  Optional<RecordingWriter> goOn(String recording, Signer signer) throws IOException {
    Optional<Continuation> from = continuation();
    Optional<RecordingWriter> unsealed = Optional.empty();
    for (Path left : Spool.list(directory)) {
      if (left.toString().endsWith(WholeFile.UNFINISHED)) {
        Files.delete(left);
      }
      if (!left.toString().endsWith(OPEN)) {
        continue;
      }
      Optional<TornPart> torn = TornPart.of(read(left));
      if (torn.isEmpty()) {
        Files.delete(left);
        room.give(RecordingWriter.MOST_WRITTEN);
        continue;
      }
      TornPart part = torn.get();
      SpaceReserve.cut(left, part.whole().length);
      if (!part.isSealed() && part.isBy(signer)) {
        unsealed = Optional.of(goOn(left, part, recording, signer));
      } else {
        from = part.isEnded() ? Optional.empty() : part.continuation();
        if (from.isPresent()) {
          keep(from.get()); // or the uploader takes the directory for one that is done with
        }
        name(left, part.index());
      }
    }
    return unsealed.isPresent()
        ? unsealed
        : from.filter(it -> it.isBy(signer))
            .map(it -> new RecordingWriter(recording, signer, this, it));
  }

  private RecordingWriter goOn(Path left, TornPart part, String recording, Signer signer)
      throws IOException {
    size = part.whole().length;
    prepared = part.index();
    file = FileChannel.open(left, WRITE);
    return new RecordingWriter(recording, signer, this, part);
  }

  /** What another process left there takes room here from now on. */
  void count() throws IOException {
    for (Path left : Spool.list(directory)) {
      if (left.toString().endsWith(OPEN)) {
        room.found(RecordingWriter.MOST_WRITTEN);
      } else if (DirectoryParts.index(left).isPresent()) {
        room.found(Files.size(left));
      }
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > RecordingFormat.MOST_PART) {
      throw new IOException(file + " is larger than a part can be.");
    }
    return Files.readAllBytes(file);
  }

  private Optional<Continuation> continuation() throws IOException {
    try {
      return Continuation.of(Files.readAllBytes(directory.resolve(CONTINUATION)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The files of the parts in {@code directory} that are whole, in order. */
  static List<Path> finished(Path directory) throws IOException {
    List<Path> parts = new ArrayList<>();
    for (Path file : Spool.list(directory)) {
      if (DirectoryParts.index(file).isPresent()) {
        parts.add(file);
      }
    }
    return parts;
  }
}
