package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is done when this JVM has ended, even by {@code kill -9}: a shell waits at the far end of a
 * pipe from us, and once that breaks it ends what we started, removes our network namespaces,
 * mounts and files.
 *
 * <p>What we started is known by {@link #MARK} in its environment or by the scratch directory in
 * its command line (sshd overwrites its environment with its title).
 */
final class LastWill {
  static final String MARK_NAME = "HOLDFAST_E2E";
  static final String MARK = "jvm-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

  private static final String SCRIPT =
      """
      mark=$1 scratch=$2 prefix=$3
      cat >/dev/null
      for round in 1 2 3; do
        for p in /proc/[0-9]*; do
          if grep -qzxF "$mark" "$p/environ" || grep -qaF "$scratch/" "$p/cmdline"; then
            [ "${p#/proc/}" = $$ ] || kill -KILL "${p#/proc/}"
          fi
        done
      done 2>/dev/null
      for n in /run/netns/"$prefix"*; do
        [ -e "$n" ] && ip netns del "${n##*/}"
      done
      while read -r _ place _; do
        case $place in "$scratch"/*) umount -l "$place" ;; esac
      done </proc/mounts
      rm -rf --one-file-system "$scratch"
      """;

  private static boolean written;

  private LastWill() {}

  /** Starts the shell, once. */
  static synchronized void write() {
    if (written) {
      return;
    }
    ProcessBuilder shell =
        new ProcessBuilder(
            "setsid",
            "sh",
            "-c",
            SCRIPT,
            "last-will",
            MARK_NAME + "=" + MARK,
            Scratch.ROOT.toString(),
            Namespace.PREFIX);
    shell.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    shell.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      shell.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    written = true;
  }

  /** Command lines of the processes that we started, directly or not, and that are still there. */
  static List<ProcessHandle> heirs() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(p -> p.pid() != ProcessHandle.current().pid())
          .filter(LastWill::isOurs)
          .toList();
    }
  }

  /** The command line of a process, as far as it can be read. */
  static String describe(ProcessHandle process) {
    return process.pid() + " " + read(process, "cmdline").replace('\0', ' ').strip();
  }

  private static boolean isOurs(ProcessHandle process) {
    String line = read(process, "cmdline");
    if (line.contains("last-will\0")) {
      return false;
    }
    String mark = MARK_NAME + "=" + MARK;
    return line.contains(Scratch.ROOT + "/")
        || List.of(read(process, "environ").split("\0", -1)).contains(mark);
  }

  private static String read(ProcessHandle process, String file) {
    try {
      Path path = Path.of("/proc", Long.toString(process.pid()), file);
      return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // ended meanwhile, or another user's
    }
  }
}
