package dev.holdfast.node;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The audit events of one session, in their order. Thread-safe. */
final class SessionTrail {
  /** Changes of a window's size are told of no more often; the last one always is. */
  static final Duration BETWEEN_RESIZES = Duration.ofSeconds(1);

  private final AuditSink sink;
  private final SessionStart start;
  private final String user;
  private final String session = UUID.randomUUID().toString();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile long since;
  private volatile boolean started;

  /** What tells which session of another was joined; null if none was. */
  private volatile @Nullable Map<String, Object> joined;

  private @Nullable WindowSize untold;
  private long lastResize;

  SessionTrail(AuditSink sink, SessionStart start, String user) {
    this.sink = sink;
    this.start = start;
    this.user = user;
  }

  /** What its events call it. */
  String session() {
    return session;
  }

  /** The session may begin once this returns. */
  void starts() throws IOException {
    since = System.nanoTime();
    lastResize = since - BETWEEN_RESIZES.toNanos();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", address(start.login().from()));
    fields.put("kind", kind());
    switch (start.request()) {
      case SessionRequest.Exec(String command) -> fields.put("command", command);
      case SessionRequest.Subsystem(String name) -> fields.put("subsystem", name);
      case SessionRequest.Shell shell -> {}
    }
    fields.put("terminal", start.pty() != null);
    sink.before(event(AuditCode.SESSION_STARTED, fields));
    started = true;
    if (start.agentForwarding()) {
      tell(AuditCode.AGENT_FORWARDED);
    }
    if (start.x11() != null) {
      tell(AuditCode.DISPLAY_FORWARDED);
    }
    if (named() != null) {
      tell(AuditCode.SESSION_JOINED, "name", named());
    }
    if (start.request() instanceof SessionRequest.Exec(String command)) {
      CopyCommand.of(command)
          .ifPresent(copy ->
              tell(
                  AuditCode.COPY_STARTED,
                  "program",
                  copy.program(),
                  "direction",
                  copy.sends() ? "download" : "upload",
                  "arguments",
                  copy.arguments()));
    }
  }

  /**
   * It may join another session once this returns.
   *
   * @param other that session
   * @param of its owner
   * @param mode what may be done there
   */
  void joins(String other, String of, String mode) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("joined", other);
    fields.put("of", of);
    fields.put("mode", mode);
    sink.before(event(AuditCode.SESSION_JOINED, fields));
    joined = fields;
  }

  /** It was refused after all. */
  void refused(String why) {
    if (ended.compareAndSet(false, true)) {
      tell(AuditCode.SESSION_REJECTED, "reason", why);
    }
  }

  synchronized void resized(WindowSize size) {
    long now = System.nanoTime();
    if (!started || now - lastResize < BETWEEN_RESIZES.toNanos()) {
      untold = size;
      return;
    }
    lastResize = now;
    untold = null;
    tell(AuditCode.SESSION_RESIZED, "columns", size.columns(), "rows", size.rows());
  }

  private synchronized void tellSize() {
    WindowSize last = untold;
    if (last != null) {
      untold = null;
      tell(AuditCode.SESSION_RESIZED, "columns", last.columns(), "rows", last.rows());
    }
  }

  void ended(Ending ending) {
    switch (ending) {
      case Ending.Status(int status) -> ended("exit_status", status);
      case Ending.Signal(String name, boolean core, String message) -> ended("signal", name);
      case Ending.Silent silent -> ended("reason", "without a status");
    }
  }

  void ended(String how, Object value) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    tellSize();
    double seconds = Math.round((System.nanoTime() - since) / 1e6) / 1e3;
    if (start.request() instanceof SessionRequest.Exec(String command)) {
      tell(AuditCode.COMMAND_ENDED, "command", command, how, value);
    }
    if (named() != null) {
      tell(AuditCode.SESSION_LEFT, "name", named());
    }
    Map<String, Object> left = joined;
    if (left != null) {
      sink.after(event(AuditCode.SESSION_LEFT, left));
    }
    tell(AuditCode.SESSION_ENDED, how, value, "seconds", "" + seconds);
  }

  void asked(FileRequest request) {
    switch (request) {
      case FileRequest.Open(String path, boolean writes) ->
          tell(AuditCode.FILE_OPENED, "path", path, "mode", writes ? "write" : "read");
      case FileRequest.List(String path) -> tell(AuditCode.DIRECTORY_LISTED, "path", path);
      case FileRequest.Remove(String path) -> tell(AuditCode.FILE_REMOVED, "path", path);
      case FileRequest.MakeDirectory(String path) -> tell(AuditCode.DIRECTORY_MADE, "path", path);
      case FileRequest.RemoveDirectory(String path) ->
          tell(AuditCode.DIRECTORY_REMOVED, "path", path);
      case FileRequest.Change(String path) -> tell(AuditCode.FILE_CHANGED, "path", path);
      case FileRequest.Rename(String path, String to) ->
          tell(AuditCode.FILE_RENAMED, "path", path, "to", to);
      case FileRequest.Link(String path, String to, boolean symbolic) ->
          tell(
              AuditCode.FILE_LINKED,
              "path",
              path,
              "to",
              to,
              "kind",
              symbolic ? "symbolic" : "hard");
      case FileRequest.Unseen unseen -> tell(AuditCode.FILES_UNSEEN);
    }
  }

  private void tell(AuditCode code, @Nullable Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      fields.put("" + namesAndValues[i], value(namesAndValues[i + 1]));
    }
    sink.after(event(code, fields));
  }

  private static Object value(@Nullable Object value) {
    return value == null ? "" : value;
  }

  private AuditEvent event(AuditCode code, Map<String, Object> more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("session", session);
    fields.put("connection", start.login().connection());
    fields.put("login", start.login().user());
    fields.putAll(more);
    return new AuditEvent(code, user, fields);
  }

  private @Nullable String named() {
    return start.environment().get(NamedSessions.NAME);
  }

  private String kind() {
    return switch (start.request()) {
      case SessionRequest.Shell it -> "shell";
      case SessionRequest.Exec it -> "exec";
      case SessionRequest.Subsystem it -> "subsystem";
    };
  }

  static String address(SocketAddress from) {
    return from instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? inet.getAddress().getHostAddress().replaceFirst("%.*", "")
        : "";
  }
}
