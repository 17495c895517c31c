package dev.holdfast.cli;

import dev.holdfast.recording.Export;
import dev.holdfast.recording.Verification;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code holdfast recordings export}: a recording in another format. */
@Command(
    name = "export",
    description = {
      "Write a recording in another format.",
      "",
      "What is whole is written, up to what is damaged or missing; then the command ends with 1."
    },
    mixinStandardHelpOptions = true)
final class RecordingsExport implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      converter = FormatName.class,
      defaultValue = "asciicast-v2",
      description =
          "asciicast-v2, asciicast-v3, text, ttyrec or json; asciicast-v2 unless given. Nothing is"
              + " left out of asciicast and ttyrec that could harm a terminal.")
  private Export.Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to write; standard output unless given.")
  private @Nullable Path output;

  @Mixin private RecordingAccess access;

  @Parameters(paramLabel = "ID|FILE|DIRECTORY", description = RecordingAccess.ARGUMENT)
  private String recording;

  @Override
  public Integer call() throws IOException {
    try (RecordingAccess from = access) {
      RecordingPlace place = from.one(recording);
      OutputStream target = output == null ? System.out : Files.newOutputStream(output);
      try (OutputStream out = new BufferedOutputStream(target)) {
        Verification found = write(place, format, out);
        return RecordingAccess.tell(found, spec.commandLine().getErr());
      }
    }
  }

  /** Writes all that is whole. */
  static Verification write(RecordingPlace place, Export.Format format, OutputStream out)
      throws IOException {
    Export export = format.to(out);
    Verification found = write(place, export);
    export.end();
    return found;
  }

  /** The same, and there may be more. */
  static Verification write(RecordingPlace place, Export export) throws IOException {
    try {
      return place.read(event -> {
        try {
          export.add(event);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Reads a format's name. */
  static final class FormatName implements ITypeConverter<Export.Format> {
    @Override
    public Export.Format convert(String text) {
      return switch (text) {
        case "asciicast-v2", "asciicast" -> Export.Format.ASCIICAST_V2;
        case "asciicast-v3" -> Export.Format.ASCIICAST_V3;
        case "text" -> Export.Format.TEXT;
        case "ttyrec" -> Export.Format.TTYREC;
        case "json" -> Export.Format.JSON;
        default ->
            throw new TypeConversionException(
                "'" + text + "' is none of asciicast-v2, asciicast-v3, text, ttyrec, json");
      };
    }
  }
}
