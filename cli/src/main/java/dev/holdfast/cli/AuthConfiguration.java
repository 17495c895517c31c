package dev.holdfast.cli;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Names;
import dev.holdfast.access.Spans;
import dev.holdfast.auth.AuditLines;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.RecordingSettings;
import dev.holdfast.link.GateEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * The section {@code auth} of a configuration: where the service listens, and where it keeps what
 * lasts.
 *
 * @param cluster the cluster's name, which nodes' names end with
 * @param listen addresses to accept clients at
 * @param names by which clients dial it, for its certificate
 * @param state directory of its keys, its socket and, unless said otherwise, its store
 * @param store as {@link AuthService.Settings} has it; may hold a password
 * @param auditFiles where audit events go besides; {@code -} is standard output
 * @param recordings how those are kept
 * @param leaseTime of connections that are counted
 * @param oidc the identity provider; null if there is none
 * @param token of the authorities' keys; null if they are in files
 */
record AuthConfiguration(
    String cluster,
    List<InetSocketAddress> listen,
    List<String> names,
    Path state,
    String store,
    List<String> auditFiles,
    RecordingSettings recordings,
    LeaseTime leaseTime,
    @Nullable OidcSection oidc,
    @Nullable TokenSection token) {
  /** Where it listens unless it is told. */
  static final int PORT = 2225;

  /** Reads the section. */
  static AuthConfiguration read(Section section) {
    String cluster = section.value("cluster", AuthConfiguration::name, "holdfast");
    List<InetSocketAddress> listen =
        section.list("listen", new ListenAddress(), List.of(new InetSocketAddress(PORT)));
    List<String> names = section.list("names", AuthConfiguration::name, List.of());
    Path state = section.value("state-dir", Path::of, usualState());
    String store = section.value("store", text -> text, "sqlite:" + state.resolve("cluster.db"));
    List<String> audit = section.list("audit-file", text -> text, List.of());
    RecordingSettings recordings = recordings(section.section("recordings"));
    LeaseTime time =
        section.value(
            "session-control-timeout", AuthConfiguration::time, new LeaseTime(LeaseTime.USUAL));
    OidcSection oidc =
        section.has("oidc") ? OidcSection.read(section, section.section("oidc")) : null;
    TokenSection token =
        section.has("authority-token")
            ? TokenSection.read(section, section.section("authority-token"))
            : null;
    section.end();
    return new AuthConfiguration(
        cluster, listen, names, state, store, audit, recordings, time, oidc, token);
  }

  private static RecordingSettings recordings(Section section) {
    Optional<String> store =
        section.value("store", url -> possible(() -> RecordingSettings.checkedStore(url)));
    TimeSpan span = new TimeSpan();
    Optional<Duration> retention =
        section.value(
            "retention",
            text -> possible(() -> RecordingSettings.checkedRetention(span.convert(text))));
    section.end();
    return new RecordingSettings(store.orElse(null), retention.orElse(null));
  }

  private static <T> T possible(Supplier<T> value) {
    try {
      return value.get();
    } catch (InvalidRecordException e) {
      throw new TypeConversionException(e.sentence());
    }
  }

  private static String name(String text) {
    if (!Names.isHost(text)) {
      throw new TypeConversionException(
          "'" + text + "' is not a name of lower-case letters, digits, '.' and '-'");
    }
    return text;
  }

  private static LeaseTime time(String text) {
    try {
      return new LeaseTime(
          Spans.parse(text)
              .orElseThrow(() ->
                  new TypeConversionException("'" + text + "' is not a time such as 30s or 2m")));
    } catch (InvalidRecordException e) {
      throw new TypeConversionException(e.sentence());
    }
  }

  /** The system's directory for root, the user's for others. */
  static Path usualState() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/holdfast/auth");
    }
    String state = System.getenv("XDG_STATE_HOME");
    return state == null || state.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "holdfast", "auth")
        : Path.of(state, "holdfast", "auth");
  }

  /** Where its processes find each other: one place for each port. */
  Path meeting() {
    return HandoverPoint.path(state, "auth", listen);
  }

  AuthService.Settings settings() throws IOException {
    List<AuditLines> audit =
        auditFiles.stream()
            .map(it ->
                it.equals("-")
                    ? AuditLines.stream(System.out, "standard output")
                    : AuditLines.file(Path.of(it)))
            .toList();
    return new AuthService.Settings(
        cluster,
        state,
        store,
        audit,
        recordings,
        names,
        Version.number(),
        leaseTime,
        oidc == null ? null : oidc.settings(),
        token == null ? null : token.settings());
  }

  /** The settings that count, as they would be written; without what may hold a password. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cluster", cluster);
    all.put("listen", listen.stream().map(GateEvent::name).toList());
    all.put("names", names);
    all.put("state-dir", state);
    all.put("store", store.startsWith("sqlite:") ? store : "postgresql:...");
    all.put("session-control-timeout", leaseTime.timeout().toSeconds() + "s");
    if (!auditFiles.isEmpty()) {
      all.put("audit-file", auditFiles);
    }
    Map<String, Object> kept = new LinkedHashMap<>();
    if (recordings.store() != null) {
      kept.put("store", recordings.store());
    }
    if (recordings.retention() != null) {
      kept.put("retention", recordings.retention().toSeconds() + "s");
    }
    if (!kept.isEmpty()) {
      all.put("recordings", kept);
    }
    if (oidc != null) {
      all.put("oidc", oidc.effective());
    }
    if (token != null) {
      all.put("authority-token", token.effective());
    }
    return all;
  }

  @Override
  public String toString() {
    return "AuthConfiguration" + effective();
  }
}
