package dev.holdfast.node;

import static dev.holdfast.node.SessionMessage.Live.ENDS_UNRECORDED;
import static dev.holdfast.node.SessionMessage.Live.HAS_PLACE;
import static dev.holdfast.node.SessionMessage.Live.RECORDED;
import static dev.holdfast.node.SessionMessage.Live.RECORDS_KEYS;
import static dev.holdfast.node.SessionMessage.Live.SHOWN_WHEN_DURABLE;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Recipient;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The terminal of a live session that another process of this node has, as that process told of it.
 * Immutable.
 *
 * @param file that process's socket
 */
record DistantTerminal(Path file, String session, Owner owner, boolean hasPlace)
    implements JoinableTerminal {
  /** What another process is told of one of ours. */
  static SessionMessage.Live told(LiveTerminal terminal) {
    RecordingPolicy policy = terminal.owner().policy();
    int facts =
        (policy.records() ? RECORDED : 0)
            | (policy.isSync() ? SHOWN_WHEN_DURABLE : 0)
            | (policy.failureEnds() ? ENDS_UNRECORDED : 0)
            | (policy.input() ? RECORDS_KEYS : 0)
            | (terminal.hasPlace() ? HAS_PLACE : 0);
    return new SessionMessage.Live(
        terminal.owner().user(),
        terminal.owner().account(),
        facts,
        policy.recipients().stream().map(Recipient::toString).toList());
  }

  /** The one that is told of so. */
  static DistantTerminal of(Path file, String session, SessionMessage.Live told)
      throws IOException {
    return new DistantTerminal(
        file, session, new Owner(told.user(), told.account(), policy(told)), has(told, HAS_PLACE));
  }

  private static RecordingPolicy policy(SessionMessage.Live told) throws IOException {
    RecordingMode mode =
        has(told, SHOWN_WHEN_DURABLE) ? RecordingMode.NODE_SYNC : RecordingMode.NODE;
    return new RecordingPolicy(
        has(told, RECORDED) ? mode : RecordingMode.OFF,
        has(told, RECORDS_KEYS),
        has(told, ENDS_UNRECORDED),
        RecordingPolicy.USUAL_STALL,
        recipients(told));
  }

  private static List<Recipient> recipients(SessionMessage.Live told) throws IOException {
    try {
      return told.recipients().stream().map(Recipient::parse).toList();
    } catch (InvalidRecordException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static boolean has(SessionMessage.Live told, int fact) {
    return (told.facts() & fact) != 0;
  }

  @Override
  public ServedSession guest(String user, ClientEnd end, AttachMode mode, Size window)
      throws IOException {
    SessionMessage.Join wanted =
        new SessionMessage.Join(session, user, mode.word(), window.columns(), window.rows());
    return OtherProcesses.attach(file, wanted, end)
        .orElseThrow(() -> new IOException("it is not there any more"));
  }
}
