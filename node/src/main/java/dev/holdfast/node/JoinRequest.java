package dev.holdfast.node;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.terminal.Size;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What somebody asks for who wants to join a live session: the command {@code holdfast-join
 * [--observe] [--size COLUMNSxROWS] ID}, which no shell sees.
 *
 * @param session as audit events call it; empty if the command is none that can be understood
 * @param wanted to type, or only to look
 * @param size of the window, where the terminal has none that it knows
 */
record JoinRequest(String session, Joining wanted, Optional<Size> size) {
  /** The command's first word. */
  static final String COMMAND = "holdfast-join";

  /** Characters of a command that is looked at. */
  static final int MOST_CHARACTERS = 128;

  private static final Pattern COMMANDS =
      Pattern.compile(
          COMMAND
              + " +(?<observe>--observe +)?(--size"
              + " +(?<columns>[1-9][0-9]{0,2})x(?<rows>[1-9][0-9]{0,2})"
              + " +)?(?<id>[A-Za-z0-9][A-Za-z0-9-]{0,63}) *");

  private static final JoinRequest UNCLEAR = new JoinRequest("", Joining.OBSERVE, Optional.empty());

  /** Empty if something else is asked for. */
  static Optional<JoinRequest> of(SessionRequest request) {
    return request instanceof SessionRequest.Exec(String command)
            && (command.equals(COMMAND) || command.startsWith(COMMAND + " "))
        ? Optional.of(of(command))
        : Optional.empty();
  }

  private static JoinRequest of(String command) {
    Matcher words = COMMANDS.matcher(command);
    if (command.length() > MOST_CHARACTERS || !words.matches()) {
      return UNCLEAR;
    }
    String columns = words.group("columns");
    return new JoinRequest(
        words.group("id"),
        words.group("observe") == null ? Joining.JOIN : Joining.OBSERVE,
        columns == null
            ? Optional.empty()
            : Optional.of(
                Size.wanted(Integer.parseInt(columns), Integer.parseInt(words.group("rows")))));
  }
}
