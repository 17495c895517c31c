package dev.holdfast.cli;

import dev.holdfast.recording.ReadingKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast ui}: servers, their apps and forwards, and clusters, as local pages. */
@Command(
    name = "ui",
    description = {
      "Serve local pages for your own browser: servers, the web apps on them, and forwards; and of"
          + " the clusters that you are logged in to servers, live sessions, recordings, audit"
          + " events and limits.",
      "",
      "They are on loopback, for your own programs alone. An app opens at a port of this machine"
          + " that stays the same."
    },
    mixinStandardHelpOptions = true)
final class UiCommand implements Callable<Integer> {
  /** Where the pages are, so that they can be bookmarked. */
  static final int PORT = 7022;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where to listen; 7022 unless given, 0 for any.")
  private int port = PORT;

  @Option(
      names = "--no-browser",
      description = "Start no browser; the address is written all the same.")
  private boolean startsNone;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = {
        RecordingAccess.IDENTITY,
        "They are decrypted by this process, for its own pages; the key leaves it for nobody."
      })
  private @Nullable Path identity;

  @Mixin private SshOptions ssh;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<ReadingKey> keys = identity == null ? List.of() : ReadingKey.load(identity);
    new OwnBrowser(port, !startsNone, ssh::arguments, keys).show("/");
    return 0;
  }
}
