package dev.holdfast.cli;

import dev.holdfast.node.AttachProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast attach}: this terminal becomes that of a named session of this machine. */
@Command(
    name = "attach",
    description = {
      "Attach this terminal to a named session of this machine's node, which is made if it is not"
          + " there: ssh -t host holdfast attach work",
      "",
      "Others that are attached are detached. Ctrl-\\ and then d detaches. Ends with the status of"
          + " the session's program, or 0 when detached."
    },
    mixinStandardHelpOptions = true)
final class AttachCommand implements Callable<Integer> {
  @Option(
      names = {"-r", "--read-only"},
      description = "Only look; others stay attached.")
  private boolean readOnly;

  @Option(names = "--share", description = "Others stay attached, and all may type.")
  private boolean share;

  @Option(names = "--user", paramLabel = "USER", description = "Whose session; for root.")
  private @Nullable String user;

  @Parameters(paramLabel = "NAME", description = "The session.")
  private String name;

  @Override
  public Integer call() throws IOException {
    AttachProgram.become(words());
    return Failures.USAGE;
  }

  private List<String> words() {
    List<String> words = new ArrayList<>(List.of("attach", name));
    if (readOnly) {
      words.add("--read-only");
    }
    if (share) {
      words.add("--share");
    }
    if (user != null) {
      words.addAll(List.of("--user", user));
    }
    return words;
  }
}
