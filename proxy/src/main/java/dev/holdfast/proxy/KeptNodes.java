package dev.holdfast.proxy;

import dev.holdfast.link.WholeFile;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the nodes that a cluster let in to its proxy, in a file, so that the proxy knows them
 * when it was restarted and nobody can be asked. A line for each, {@code NAME KEYTYPE BASE64}; the
 * last one of a name counts, and one without a key says that the node was removed. Nothing of it is
 * secret. Thread-safe.
 */
public final class KeptNodes {
  /** The name of the file in the proxy's state directory. */
  public static final String FILE = "nodes_let_in";

  /** Nodes that are kept. */
  static final int MOST = 100_000;

  /** Keeps none. */
  static final KeptNodes NONE = new KeptNodes(null, ProxyLog.NONE, () -> false);

  private final @Nullable Path file;
  private final ProxyLog log;
  private final BooleanSupplier counts;
  private final Map<String, SshPublicKey> keys = new ConcurrentHashMap<>();

  private KeptNodes(@Nullable Path file, ProxyLog log, BooleanSupplier counts) {
    this.file = file;
    this.log = log;
    this.counts = counts;
  }

  /**
   * Those of a file.
   *
   * @param counts whether what is kept still counts
   */
  public static KeptNodes open(Path file, ProxyLog log, BooleanSupplier counts) throws IOException {
    KeptNodes kept = new KeptNodes(file, log, counts);
    try {
      Files.readAllLines(file).forEach(kept::read);
    } catch (NoSuchFileException e) {
      return kept;
    }
    String lines =
        kept.keys.entrySet().stream()
            .map(it -> line(it.getKey(), it.getValue().line()) + "\n")
            .collect(Collectors.joining());
    WholeFile.replace(file, lines, WholeFile.OWN);
    return kept;
  }

  /** A line that the last write did not finish is none. */
  private void read(String line) {
    String[] words = line.split(" ", -1);
    keys.remove(words[0]);
    if (words.length == 3 && keys.size() < MOST) {
      try {
        keys.put(words[0], SshPublicKey.of(words[1], words[2]));
      } catch (MalformedKeyException e) {
        log.say(ProxyLog.Weight.WARNING, "nodes", "a line of " + file + " is no node's");
      }
    }
  }

  /** Whether the cluster let that node in by that key, as far as that still counts. */
  boolean knows(String name, SshPublicKey shown) {
    return counts.getAsBoolean() && shown.equals(keys.get(name));
  }

  /** The cluster lets a node in. */
  void letIn(String name, SshPublicKey key) {
    if (keys.size() < MOST && !key.equals(keys.put(name, key))) {
      append(line(name, key.line()));
    }
  }

  /** A machine was removed from the cluster. */
  void forget(String name) {
    if (keys.remove(name) != null) {
      append(name);
    }
  }

  private static String line(String name, String key) {
    return name + " " + key;
  }

  private synchronized void append(String line) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      log.say(ProxyLog.Weight.WARNING, "nodes", "can't keep who the nodes are: " + e.getMessage());
    }
  }
}
