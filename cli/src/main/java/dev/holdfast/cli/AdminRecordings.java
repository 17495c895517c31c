package dev.holdfast.cli;

import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.Recorded;
import dev.holdfast.auth.RecordingRecords;
import dev.holdfast.auth.RemoteParts;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin recordings}. */
@Command(
    name = "recordings",
    description = {
      "The recordings of the cluster.",
      "",
      "To list them takes the right to audit, to hold and remove them the right to administer."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AdminRecordings.Ls.class,
      AdminRecordings.Fetch.class,
      AdminRecordings.Hold.class,
      AdminRecordings.Release.class,
      AdminRecordings.Rm.class
    })
final class AdminRecordings {
  private AdminRecordings() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List recordings, the latest first.",
      mixinStandardHelpOptions = true)
  static final class Ls extends AdminList<Recorded> {
    @Mixin private RecordingFilter filter;

    @Override
    List<Recorded> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.RECORDING_LIST, filter.query(), Recorded.class);
    }

    @Override
    List<String> titles() {
      return RecordingFilter.TITLES;
    }

    @Override
    List<String> row(Recorded one) {
      return RecordingFilter.row(one);
    }
  }

  /** A copy of one. */
  @Command(
      name = "fetch",
      description = {
        "Copy a recording's parts to a directory, where they can be played and verified.",
        "",
        "That somebody reads it is an audit event."
      },
      mixinStandardHelpOptions = true)
  static final class Fetch implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(index = "0", paramLabel = "ID", description = "The recording.")
    private String id;

    @Parameters(
        index = "1",
        paramLabel = "DIRECTORY",
        description = "Where a directory of that name is made.")
    private Path directory;

    @Override
    public Integer call() throws IOException {
      PartStore here = new DirectoryParts(directory);
      try (RemoteParts there = new RemoteParts(access::open)) {
        List<Integer> numbers = there.parts(id);
        for (int number : numbers) {
          here.put(
              id,
              number,
              there
                  .get(id, number)
                  .orElseThrow(() -> new IOException("Part %d is gone.".formatted(number))));
        }
        AdminCall.print(spec, "%s: %d parts.", directory.resolve(id), numbers.size());
      }
      return 0;
    }
  }

  /** A legal hold. */
  @Command(
      name = "hold",
      description = "Keep a recording, whatever its age and whoever wants it removed.",
      mixinStandardHelpOptions = true)
  static final class Hold extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The recording.")
    private String id;

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for those who wonder.")
    private String reason;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.RECORDING_HOLD, new RecordingRecords.Hold(id, reason), Done.class);
      say("The recording %s is held.", id);
    }
  }

  /** Its end. */
  @Command(
      name = "release",
      description = "Hold a recording no longer.",
      mixinStandardHelpOptions = true)
  static final class Release extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The recording.")
    private String id;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.RECORDING_RELEASE, new Named(id), Done.class);
      say("The recording %s is not held any more.", id);
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a recording that has ended and is not held.",
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The recording.")
    private String id;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.RECORDING_DELETE, new Named(id), Done.class);
      say("Removed the recording %s.", id);
    }
  }
}
