package dev.holdfast.cli;

import dev.holdfast.access.Names;
import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.JoinableSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast join}: this terminal becomes one more of somebody's live session. */
@Command(
    name = "join",
    description = {
      "Join a live session of your cluster, with its owner's knowledge: what it shows is shown"
          + " here, too, and what you type is typed there. Without a session, list those that you"
          + " may join.",
      "",
      "Ctrl-\\ and then d leaves it. Ends with the session's status, or 0 when you leave. Takes a"
          + " role with 'join_sessions'."
    },
    mixinStandardHelpOptions = true)
final class JoinCommand implements Callable<Integer> {
  /** IDs of sessions that are named to choose from. */
  private static final int MOST_NAMED = 10;

  @Spec private CommandSpec spec;

  @Option(names = "--observe", description = "Only look: nothing that you type goes there.")
  private boolean observes;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster. Default: the one that you logged in to last.")
  private @Nullable String cluster;

  @Mixin private Listing listing;

  @Parameters(
      arity = "0..1",
      paramLabel = "SESSION-ID|USER@NODE",
      description = "The session, by its ID; or the only one that a user has on a node.")
  private @Nullable String wanted;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Profiles profiles = Profiles.ofUser();
    Profile profile = profiles.find(cluster);
    List<JoinableSession> found;
    try (ApiClient api = ApiAccess.byCertificate(profile, profiles, ApiAccess::ignore)) {
      found = api.list(ApiMethod.SESSIONS_JOINABLE, query(wanted), JoinableSession.class);
    }
    if (wanted == null) {
      print(found);
      return 0;
    }
    JoinableSession session = only(wanted, found);
    return new SshCommand(SshCommand.ofProcess())
        .run(words(session, profile, profiles, List.of("-t"), observes ? "--observe " : ""));
  }

  /** What is asked for: all without a word, a user's on a node with '@', else one by its ID. */
  static JoinQuery query(@Nullable String wanted) {
    int at = wanted == null ? -1 : wanted.lastIndexOf('@');
    if (wanted == null) {
      return new JoinQuery(Optional.empty(), Optional.empty(), Optional.empty());
    }
    return at < 0
        ? new JoinQuery(Optional.of(wanted), Optional.empty(), Optional.empty())
        : new JoinQuery(
            Optional.empty(),
            Optional.of(wanted.substring(0, at)),
            Optional.of(wanted.substring(at + 1)));
  }

  /**
   * The one that is meant.
   *
   * @throws IOException if there is none, or several
   */
  static JoinableSession only(String wanted, List<JoinableSession> found) throws IOException {
    String what = Names.printable(wanted);
    if (found.isEmpty()) {
      throw new IOException(
          (wanted.indexOf('@') < 0 ? "There is no live session %s" : "There is none of %s")
                  .formatted(what)
              + " that you may join; 'holdfast join' lists those that there are.");
    }
    if (found.size() > 1) {
      throw new IOException(
          "There are %d live sessions of %s; join one by its ID: %s."
              .formatted(
                  found.size(),
                  what,
                  found.stream()
                      .limit(MOST_NAMED)
                      .map(JoinableSession::session)
                      .collect(Collectors.joining(", "))));
    }
    return found.getFirst();
  }

  /**
   * The arguments of ssh that join a session.
   *
   * @param terminal those that ask for one
   * @param how what the node is told besides the session
   */
  static List<String> words(
      JoinableSession session,
      Profile profile,
      Profiles profiles,
      List<String> terminal,
      String how) {
    Profiles.ProfileFiles files = profiles.files(profile.cluster());
    List<String> words = new ArrayList<>(List.of("-F", files.sshConfig().toString()));
    words.addAll(terminal);
    words.addAll(List.of("-l", session.login()));
    words.add(session.node() + "." + profile.cluster());
    words.add("holdfast-join " + how + session.session());
    return words;
  }

  private void print(List<JoinableSession> found) {
    listing.print(
        spec.commandLine().getOut(),
        found,
        List.of("ID", "USER", "NODE", "LOGIN", "FROM", "SINCE", "MAY", "WHAT"),
        it ->
            List.of(
                it.session(),
                it.user(),
                it.node(),
                it.login(),
                it.from(),
                it.started().toString(),
                it.may() == Joining.JOIN ? "join" : "observe",
                it.command().isEmpty() ? it.kind() : Names.printable(it.command())));
  }
}
