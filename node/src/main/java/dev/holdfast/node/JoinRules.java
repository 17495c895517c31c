package dev.holdfast.node;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.ssh.Login;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether somebody may join a session: as his roles say, at the account that he is logged in to, by
 * what is recorded as strictly as he is to be. Pure.
 *
 * @param login who wants to
 * @param policy by which he is recorded
 * @param running whether there is a session of that name, with or without a terminal
 */
record JoinRules(Login login, RecordingPolicy policy, Predicate<String> running) {
  static final String UNKEPT = "That you join can't be noted in the audit log now; try again soon.";
  static final String UNREACHED =
      "A process of this node that may have session %s does not answer; try again soon.";

  /** Why not, whatever session it is, as a sentence for him; empty if he may. */
  String refusal(JoinRequest request, boolean terminal) {
    Joining may = login.terms().options().joining();
    if (may == Joining.NO) {
      return "Your roles do not let you join sessions of others; ask an administrator for one with"
          + " 'join_sessions'.";
    }
    if (!may.allows(request.wanted())) {
      return "Your roles let you observe sessions of others, not type there; say --observe.";
    }
    if (!terminal) {
      return "Joining a session takes a terminal; use 'ssh -t', or 'holdfast join'.";
    }
    return request.session().isEmpty()
        ? "'holdfast-join' takes the ID of a session, and before it '--observe' if you only look."
        : "";
  }

  /** The same of that session; of none if it was found nowhere on this node. */
  String refusal(String session, Optional<? extends JoinableTerminal> found) {
    return found.map(it -> refusal(session, it)).orElseGet(() -> missing(session));
  }

  private String missing(String session) {
    return running.test(session)
        ? "Session %s has no terminal of its own that could be joined.".formatted(session)
        : "There is no session %s to join on this node; it has ended, or it has no terminal."
            .formatted(session);
  }

  private String refusal(String session, JoinableTerminal terminal) {
    if (!terminal.owner().account().equals(login.user())) {
      return "Session %s is not one of the account %s; log in as the account that it runs as."
          .formatted(session, login.user());
    }
    if (!terminal.owner().policy().covers(policy)) {
      return "Session %s is not recorded as your roles want it of you, so you can't join it; ask an"
              .formatted(session)
          + " administrator.";
    }
    return terminal.hasPlace()
        ? ""
        : "Session %s has %d guests already, the most that can be; try again when one has left."
            .formatted(session, GuestList.MOST);
  }
}
