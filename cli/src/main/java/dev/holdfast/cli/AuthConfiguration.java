package dev.holdfast.cli;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Names;
import dev.holdfast.access.Spans;
import dev.holdfast.auth.AuthService;
import dev.holdfast.link.GateEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param auditFile where audit events go besides; null for nowhere
 * @param leaseTime of connections that are counted
 */
record AuthConfiguration(
    String cluster,
    List<InetSocketAddress> listen,
    List<String> names,
    Path state,
    String store,
    @Nullable Path auditFile,
    LeaseTime leaseTime) {
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
    Optional<Path> audit = section.value("audit-file", Path::of);
    LeaseTime time =
        section.value(
            "session-control-timeout", AuthConfiguration::time, new LeaseTime(LeaseTime.USUAL));
    section.end();
    return new AuthConfiguration(cluster, listen, names, state, store, audit.orElse(null), time);
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

  AuthService.Settings settings() throws IOException {
    return new AuthService.Settings(
        cluster, state, store, auditFile, names, Version.number(), leaseTime);
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
    if (auditFile != null) {
      all.put("audit-file", auditFile);
    }
    return all;
  }

  @Override
  public String toString() {
    return "AuthConfiguration" + effective();
  }
}
