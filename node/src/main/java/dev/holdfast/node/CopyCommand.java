package dev.holdfast.node;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The far end of scp (its protocol of before sftp) or rsync, as their commands tell.
 *
 * @param program scp or rsync
 * @param sends whether it sends files to the client
 * @param arguments the rest of the command, with the paths
 */
record CopyCommand(String program, boolean sends, String arguments) {
  private static final Pattern SCP =
      Pattern.compile("(?:[^ ]*/)?scp((?: -[a-zA-Z]+)*) (?:-- )?(.*)", Pattern.DOTALL);
  private static final Pattern RSYNC =
      Pattern.compile("(?:[^ ]*/)?rsync --server( --sender)? (.*)", Pattern.DOTALL);

  static Optional<CopyCommand> of(String command) {
    Matcher scp = SCP.matcher(command);
    if (scp.matches() && (has(scp.group(1), 'f') || has(scp.group(1), 't'))) {
      return Optional.of(new CopyCommand("scp", has(scp.group(1), 'f'), scp.group(2)));
    }
    Matcher rsync = RSYNC.matcher(command);
    return rsync.matches()
        ? Optional.of(new CopyCommand("rsync", rsync.group(1) != null, rsync.group(2)))
        : Optional.empty();
  }

  private static boolean has(String options, char option) {
    return options.indexOf(option) >= 0;
  }
}
