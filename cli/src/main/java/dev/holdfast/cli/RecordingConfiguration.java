package dev.holdfast.cli;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Recipient;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.node.Recorder;
import dev.holdfast.node.RecordingPolicy;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.PartStore;
import dev.holdfast.recording.Signer;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Terms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The keys in the section of a node that are about recordings.
 *
 * @param mode whether sessions are recorded, and whether before their output is shown
 * @param directory where recordings go; none if nothing is recorded
 * @param input whether what is typed is recorded as well
 * @param failureEnds whether a session ends when it can't be recorded
 * @param stall how long output waits for the directory in the mode node-sync
 * @param spool bytes of what waits on the node's disk for its destination
 * @param encryptTo who can read what is recorded; if there are none, whoever gets at it
 */
record RecordingConfiguration(
    RecordingMode mode,
    Optional<Path> directory,
    boolean input,
    boolean failureEnds,
    Duration stall,
    long spool,
    List<Recipient> encryptTo) {
  /**
   * Reads the keys of its own and leaves the section open.
   *
   * @param inCluster whether there is a cluster that recordings can go to
   */
  static RecordingConfiguration read(Section section, boolean inCluster) {
    RecordingMode mode = section.value("recording", new Mode(), RecordingMode.OFF);
    Optional<Path> directory = section.value("recordings", Path::of);
    boolean input = section.value("record-input", new YesNo(), false);
    boolean failureEnds = section.value("on-recording-failure", new OnFailure(), true);
    Duration stall = section.value("recording-stall", new TimeSpan(), RecordingPolicy.USUAL_STALL);
    long spool = section.value("recording-spool", new MemorySize(), Recorder.USUAL_SPOOL);
    List<Recipient> encryptTo = section.list("recording-encrypt-to", new Key(), List.of());
    if (encryptTo.size() > Recipient.MOST) {
      section.wrong("recording-encrypt-to", "at most %d keys".formatted(Recipient.MOST));
      encryptTo = encryptTo.subList(0, Recipient.MOST);
    }
    if (mode != RecordingMode.OFF && directory.isEmpty() && !inCluster) {
      section.wrong("recording", "'recordings' has to name the directory that they go to");
    }
    return new RecordingConfiguration(mode, directory, input, failureEnds, stall, spool, encryptTo);
  }

  /** Those of a proxy, which records those alone whose roles say so. */
  static RecordingConfiguration ofProxy(Section section) {
    RecordingConfiguration read = read(section, true);
    if (section.has("recording") || section.has("recordings") || section.has("record-input")) {
      section.wrong(
          "recording", "whom a proxy records, and where that is kept, is the cluster's to say");
    }
    return read;
  }

  /**
   * How the sessions of a login are recorded: by the stricter of what the node and the roles of a
   * user of the cluster say, which are recorded on the node if no role says anything.
   */
  RecordingPolicy policy(Login login) {
    Terms terms = login.terms();
    if (terms.user().isEmpty()) {
      return new RecordingPolicy(mode, input, failureEnds, stall, encryptTo);
    }
    RoleOptions roles = terms.options();
    return new RecordingPolicy(
        mode.and(roles.recording().orElse(RecordingMode.NODE)),
        input,
        roles.recordingFailureEnds().orElse(failureEnds),
        stall,
        recipients(roles));
  }

  /** The node's and those of the roles; of too many the node's first. */
  private List<Recipient> recipients(RoleOptions roles) {
    return Stream.concat(encryptTo.stream(), roles.recipients().stream())
        .distinct()
        .limit(Recipient.MOST)
        .toList();
  }

  /**
   * What records the node's sessions; null if there is nowhere to.
   *
   * @param cluster where they go if no directory is named
   */
  @Nullable Recorder open(NodeConfiguration node, Optional<PartStore> cluster) throws IOException {
    Optional<PartStore> destination =
        directory.<PartStore>map(DirectoryParts::new).or(() -> cluster);
    if (destination.isEmpty()) {
      return null;
    }
    Signer signer = Signer.of(HostKeyFiles.loadOrMakeEd25519(node.tunnels().key()));
    return Recorder.open(node.state(), spool, node.tunnels().name(), signer, destination.get());
  }

  /** The settings that count, as they would be written; nothing if nothing is recorded. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    directory.ifPresent(path -> {
      all.put("recording", mode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      all.put("recordings", path);
      all.put("record-input", input ? "yes" : "no");
      all.put("on-recording-failure", failureEnds ? "end" : "continue");
      all.put("recording-stall", stall.toSeconds() + "s");
      all.put("recording-spool", (spool >> 20) + "m");
      if (!encryptTo.isEmpty()) {
        all.put("recording-encrypt-to", encryptTo.stream().map(Recipient::toString).toList());
      }
    });
    return all;
  }

  /** Those of a proxy. */
  Map<String, Object> effectiveOfProxy() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("on-recording-failure", failureEnds ? "end" : "continue");
    all.put("recording-stall", stall.toSeconds() + "s");
    all.put("recording-spool", (spool >> 20) + "m");
    if (!encryptTo.isEmpty()) {
      all.put("recording-encrypt-to", encryptTo.stream().map(Recipient::toString).toList());
    }
    return all;
  }

  /** Reads the modes that a node has by itself. */
  private static final class Mode implements ITypeConverter<RecordingMode> {
    @Override
    public RecordingMode convert(String text) {
      return switch (text) {
        case "off", "false" -> RecordingMode.OFF;
        case "node" -> RecordingMode.NODE;
        case "node-sync" -> RecordingMode.NODE_SYNC;
        default ->
            throw new TypeConversionException("'" + text + "' is none of off, node, node-sync");
      };
    }
  }

  /** Reads a key. */
  private static final class Key implements ITypeConverter<Recipient> {
    @Override
    public Recipient convert(String text) {
      try {
        return Recipient.parse(text);
      } catch (InvalidRecordException e) {
        throw new TypeConversionException(e.sentence());
      }
    }
  }

  /** Reads what becomes of a session that can't be recorded; true if it ends. */
  private static final class OnFailure implements ITypeConverter<Boolean> {
    @Override
    public Boolean convert(String text) {
      return switch (text) {
        case "end" -> true;
        case "continue" -> false;
        default -> throw new TypeConversionException("'" + text + "' is neither end nor continue");
      };
    }
  }
}
