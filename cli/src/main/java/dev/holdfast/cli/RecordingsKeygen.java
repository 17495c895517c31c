package dev.holdfast.cli;

import dev.holdfast.recording.ReadingKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast recordings keygen}: a key that recordings are encrypted to. */
@Command(
    name = "keygen",
    description = {
      "Make a key for encrypted recordings, and print its public half.",
      "",
      "The public half goes into recording-encrypt-to of a node or recording_encrypt_to of a role."
          + " The file is for those who may read recordings; whoever loses it loses them."
    },
    mixinStandardHelpOptions = true)
final class RecordingsKeygen implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Where the key is put, for its owner alone.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    ReadingKey key = ReadingKey.generate();
    try {
      key.save(file);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + " is there already; name another file.", e);
    }
    AdminCall.print(spec, "%s", key.recipient());
    return 0;
  }
}
