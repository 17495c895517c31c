package dev.holdfast.cli;

import dev.holdfast.link.Behind;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import dev.holdfast.node.SessionSettings;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerOption;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SettingsException;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code node} of a configuration: where it listens, what it keeps, and the options
 * that sshd has, under the names that they have there.
 *
 * @param listen addresses to accept clients at
 * @param state directory of host keys and of the sockets by which its processes find each other
 * @param patience how long a stream without a link is kept
 * @param strangerPatience the same for a client that can't have logged in yet
 * @param memory for bytes in flight
 * @param streams kept at most
 * @param v1 whether clients of resume v1 are served
 * @param ssh sshd's options
 * @param tunnels to the proxies that lead to it
 * @param recording of its sessions
 */
record NodeConfiguration(
    List<InetSocketAddress> listen,
    Path state,
    Duration patience,
    Duration strangerPatience,
    long memory,
    int streams,
    boolean v1,
    ServerSettings ssh,
    TunnelConfiguration tunnels,
    RecordingConfiguration recording) {
  /** Where a node listens unless it is told: not at 22, which is sshd's on most machines. */
  static final int PORT = 2222;

  private static final int STREAMS = 100_000;

  /** Reads the section; {@code options} win. */
  static NodeConfiguration read(
      Section section, ServeOptions options, boolean inCluster, Problems problems) {
    GateSettings usual = GateSettings.of(List.of(), new Behind.InProcess((connection, name) -> {}));
    List<InetSocketAddress> listen =
        section.list("listen", new ListenAddress(), List.of(new InetSocketAddress(PORT)));
    Path state = section.value("state-dir", Path::of, usualState());
    Duration patience = section.value("patience", new TimeSpan(), usual.patience());
    Duration strangers =
        section.value("stranger-patience", new TimeSpan(), usual.strangerPatience());
    long memory = section.value("memory", new MemorySize(), GateOptions.usualMemory());
    int streams = section.value("max-streams", new Whole(1, 10_000_000), STREAMS);
    boolean v1 = section.value("resume-v1", new YesNo(), true);
    Path stateThatCounts = options.stateDirectory == null ? state : options.stateDirectory;
    TunnelConfiguration tunnels =
        TunnelConfiguration.read(
            section, stateThatCounts.resolve("ssh_host_ed25519_key"), options.name, inCluster);
    RecordingConfiguration recording = RecordingConfiguration.read(section, inCluster);
    List<Section.Written> written =
        section.rest(key -> !key.isEmpty() && Character.isUpperCase(key.charAt(0)));
    section.end();
    return new NodeConfiguration(
        options.listen.isEmpty() ? listen : options.listen,
        stateThatCounts,
        patience,
        strangers,
        memory,
        streams,
        v1,
        ssh(written, problems),
        tunnels,
        recording);
  }

  /** The system's directory for root, the user's for others. */
  private static Path usualState() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/holdfast/node");
    }
    String state = System.getenv("XDG_STATE_HOME");
    return state == null || state.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "holdfast", "node")
        : Path.of(state, "holdfast", "node");
  }

  /** Each wrong option is left out, so that the next one is found. */
  private static ServerSettings ssh(List<Section.Written> written, Problems problems) {
    List<ServerSettings.Entry> entries = new ArrayList<>();
    written.forEach(it -> entries.add(entry(it)));
    while (true) {
      try {
        return ServerSettings.of(entries);
      } catch (SettingsException e) {
        note(e, written, problems);
        if (e.line() == 0
            || !entries.removeIf(it -> it.line() == e.line() && it.column() == e.column())) {
          return ServerSettings.DEFAULTS;
        }
      }
    }
  }

  /** The sentence ends with the place, which is said first here. */
  private static void note(
      SettingsException wrong, List<Section.Written> written, Problems problems) {
    String sentence = String.valueOf(wrong.getMessage());
    written.stream()
        .map(Section.Written::place)
        .filter(it -> it.line() == wrong.line() && it.column() == wrong.column())
        .findFirst()
        .ifPresentOrElse(
            place -> problems.add(place, sentence.substring(0, sentence.lastIndexOf(" ("))),
            () -> problems.add(sentence));
  }

  /** YAML's words for yes and no are sshd's as well. */
  private static ServerSettings.Entry entry(Section.Written it) {
    String value =
        switch (it.value()) {
          case "true" -> "yes";
          case "false" -> "no";
          default -> it.value();
        };
    return new ServerSettings.Entry(
        it.key(), value, it.place().file(), it.place().line(), it.place().column());
  }

  /** The key by which its cluster knows it: one of its host keys. */
  KeyPair machineKey() throws IOException {
    List<String> files = ssh.get(ServerOption.HOST_KEY);
    if (tunnels.hasOwnKey() || files.isEmpty()) {
      return tunnels.machineKey();
    }
    KeyPair first = HostKeyFiles.load(Path.of(files.getFirst()));
    for (String file : files) {
      KeyPair pair = HostKeyFiles.load(Path.of(file));
      if (SshKeys.wire(pair.getPublic()).type().equals("ssh-ed25519")) {
        return pair;
      }
    }
    return first;
  }

  /** How its sessions are run. */
  SessionSettings sessions() {
    return new SessionSettings(
        ssh.get(ServerOption.USE_PAM)
            ? Optional.of(ssh.get(ServerOption.PAM_SERVICE_NAME))
            : Optional.empty(),
        ssh.get(ServerOption.PRINT_MOTD),
        ssh.get(ServerOption.PRINT_LAST_LOG),
        ssh.get(ServerOption.PERMIT_USER_RC),
        SessionSettings.systemSftpServer());
  }

  /** How its gate is to work. */
  GateSettings gate(Behind.Acceptor acceptor) {
    GateSettings usual =
        GateSettings.of(listen, new Behind.InProcess(acceptor, ServerEngine.GREETING));
    return new GateSettings(
        listen,
        usual.target(),
        usual.preamble(),
        v1,
        patience,
        strangerPatience,
        usual.unusedPatience(),
        usual.arrivalDeadline(),
        memory,
        streams,
        usual.mostArrivals(),
        usual.backlog(),
        usual.loops());
  }

  /** The settings that count, as they would be written. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listen", listen.stream().map(GateEvent::name).toList());
    all.put("state-dir", state);
    all.put("patience", patience.toSeconds() + "s");
    all.put("stranger-patience", strangerPatience.toSeconds() + "s");
    all.put("memory", memory >> 10 << 10 == memory ? (memory >> 10) + "K" : memory);
    all.put("max-streams", streams);
    all.put("resume-v1", v1 ? "yes" : "no");
    all.putAll(tunnels.effective());
    all.putAll(recording.effective());
    ssh.written()
        .forEach((name, words) -> all.put(name, words.size() == 1 ? words.getFirst() : words));
    return all;
  }
}
