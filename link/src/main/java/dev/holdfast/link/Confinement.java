package dev.holdfast.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a confined process may still do: read some files, have some of its own, and use the
 * descriptors that it was given. It opens no socket, starts no program, signals nobody and reads no
 * other process; {@link Landlock} and a {@link CallFilter} see to it, for good and without rights.
 * Where there is no Landlock it changes no file at all, but reads what its user may.
 *
 * @param readable files and directories that it reads
 * @param own directories in which it may write files
 */
public record Confinement(List<Path> readable, List<Path> own) {
  /** What any program needs to run: the C library with its settings, and random numbers. */
  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/lib"),
          Path.of("/lib64"),
          Path.of("/usr/lib"),
          Path.of("/usr/lib64"),
          Path.of("/nix/store"),
          Path.of("/etc/ld.so.cache"),
          Path.of("/etc/localtime"),
          Path.of("/usr/share/zoneinfo"),
          Path.of("/dev/null"),
          Path.of("/dev/random"),
          Path.of("/dev/urandom"));

  private static final int PR_SET_NO_NEW_PRIVS = 38;

  public Confinement {
    readable = List.copyOf(readable);
    own = List.copyOf(own);
  }

  /** How much of this a system sees to. */
  public enum Extent {
    /** All of it. */
    WHOLE,
    /** By calls alone, without Landlock: it writes no files, but reads what its user may. */
    CALLS
  }

  /**
   * How far a process can be confined here.
   *
   * @throws UnsupportedHostException if not at all, with the reason
   */
  public static Extent extent() throws UnsupportedHostException {
    Linux.require("Confining a process");
    JdkChannels.get();
    CallFilter.ofOutside();
    return Landlock.version() < 1 ? Extent.CALLS : Extent.WHOLE;
  }

  /**
   * Confines the calling thread, and every program that it starts. The thread is of no other use
   * afterwards.
   */
  void enter(Extent extent) throws IOException {
    SystemCall.prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
    switch (extent) {
      case WHOLE -> enterRules();
      case CALLS -> CallFilter.ofWriting().enter();
    }
    CallFilter.ofOutside().enter();
  }

  private void enterRules() throws IOException {
    try (Landlock.Rules rules = new Landlock.Rules()) {
      for (Path each : SYSTEM) {
        rules.allow(each, Landlock.Use.READ);
      }
      for (Path each : readable) {
        rules.allow(each, Landlock.Use.READ);
      }
      for (Path each : own) {
        rules.allow(each, Landlock.Use.OWN);
      }
      rules.enter();
    }
  }
}
