package dev.holdfast.cli;

import dev.holdfast.client.Tty;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Export;
import dev.holdfast.recording.Player;
import dev.holdfast.recording.Player.Wish;
import dev.holdfast.recording.Verification;
import dev.holdfast.terminal.Repaint;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast play}: shows a recording on this terminal. */
@Command(
    name = "play",
    description = {
      "Show a recording of a session.",
      "",
      "Keys: space stops and goes on, right and left lead 10 seconds on and back, up and down"
          + " change the speed, / searches, q leaves.",
      "",
      "A user sees the recordings of his own sessions, who has the right to audit or to administer"
          + " all. That somebody reads one of a cluster is an audit event.",
      "",
      "What could harm your terminal is left out: only text, and what moves the cursor, erases and"
          + " colours, is written to it. Ends with 1 if something is wrong with the recording."
    },
    mixinStandardHelpOptions = true)
final class PlayCommand implements Callable<Integer> {
  private static final Duration FOR_EVER = Duration.ofDays(3650);

  /** The ways to show it. */
  enum Format {
    PTY,
    TEXT,
    JSON
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description = "So many times as fast as it was; 1 unless given.")
  private double speed;

  @Option(
      names = "--skip-idle",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "Pauses are no longer than this, such as 2s.")
  private @Nullable Duration idle;

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      description =
          "pty: as it was shown; text: what was to be read; json: an event a line. pty on a"
              + " terminal and text elsewhere, unless given.")
  private @Nullable Format format;

  @Option(
      names = "--follow",
      description = "Show what comes into the recording, as it comes, until its end.")
  private boolean follow;

  @Option(
      names = "--raw",
      description = "Write every byte as it was recorded, whatever it does to this terminal.")
  private boolean raw;

  @Mixin private RecordingAccess access;

  @Parameters(paramLabel = "ID|FILE|DIRECTORY", description = RecordingAccess.ARGUMENT)
  private String recording;

  @Override
  public Integer call() throws IOException {
    if (!(speed > 0)) {
      throw new ParameterException(spec.commandLine(), "--speed is more than 0");
    }
    if (follow && access.isFile(recording) && !Files.isDirectory(Path.of(recording))) {
      throw new ParameterException(
          spec.commandLine(), "--follow needs a recording's directory, or its ID");
    }
    Format shown = format == null ? (Terminal.isOutput() ? Format.PTY : Format.TEXT) : format;
    try (RecordingAccess from = access) {
      Verification found = follow ? follow() : show(from.one(recording), shown);
      return RecordingAccess.tell(found, spec.commandLine().getErr());
    }
  }

  private Verification show(RecordingPlace place, Format shown) throws IOException {
    return switch (shown) {
      case PTY -> {
        BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
        Shown source = new Shown(place);
        play(source, wishes, speed, idle == null ? FOR_EVER : idle);
        yield source.verification();
      }
      case TEXT -> RecordingsExport.write(place, Export.Format.TEXT, System.out);
      case JSON -> RecordingsExport.write(place, Export.Format.JSON, System.out);
    };
  }

  /** What has happened is shown at once, and what happens when it comes. */
  private Verification follow() throws IOException {
    BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
    FollowedRecording source = new FollowedRecording(coming(), access.keys(), wishes);
    play(source, wishes, 1, Duration.ZERO);
    return source.verification();
  }

  /** A directory may be empty when somebody begins to watch. */
  private FollowedRecording.Coming coming() throws IOException {
    if (access.isFile(recording)) {
      return new FollowedRecording.Directory(Path.of(recording));
    }
    return switch (access.one(recording)) {
      case ClusterRecording there -> there;
      case RecordedFiles files ->
          throw new IllegalStateException("no recording of a cluster: " + files.name());
    };
  }

  private void play(
      Player.Source source, BlockingQueue<Wish> wishes, double times, Duration longest)
      throws IOException {
    PrintStream out = System.out;
    Player player =
        new Player(
            source,
            bytes -> {
              out.write(bytes);
              out.flush();
            },
            wishes,
            times,
            longest,
            raw);
    Tty tty = new Tty(Tty.STDIN);
    if (tty.isTerminal()) {
      tty.raw();
      new PlayKeys(System.in, out, wishes).start();
    }
    try {
      player.play();
      out.write(Repaint.farewell());
      out.flush();
    } finally {
      tty.restore();
    }
  }

  /** The recording, and what was found out about it when it was read last. */
  private static final class Shown implements Player.Source {
    private final RecordingPlace place;
    private @Nullable Verification found;

    Shown(RecordingPlace place) {
      this.place = place;
    }

    @Override
    public void read(Consumer<Event> sink) throws IOException {
      found = place.read(sink);
    }

    /** Whoever leaves before the end is told as well. */
    Verification verification() throws IOException {
      return found == null ? place.read(event -> {}) : found;
    }
  }
}
