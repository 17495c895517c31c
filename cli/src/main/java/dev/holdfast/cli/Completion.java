package dev.holdfast.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast completion SHELL}: prints the script that completes arguments in a shell. */
@Command(
    name = "completion",
    description = "Print the completion script of a shell.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "bash: holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast",
      "zsh:  source <(holdfast completion zsh)",
      "fish: holdfast completion fish > ~/.config/fish/completions/holdfast.fish"
    })
final class Completion implements Runnable {
  /** The shells that have a script. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(script(root));
    out.flush();
  }

  private String script(CommandLine root) {
    return switch (shell) {
      // One script serves both: it switches zsh to bash's completion by itself.
      case bash, zsh -> AutoComplete.bash(root.getCommandName(), root);
      case fish -> FishCompletion.script(root);
    };
  }
}
