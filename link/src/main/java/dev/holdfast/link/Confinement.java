package dev.holdfast.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a confined process may still do: read some files, have some of its own, and use the
 * descriptors that it was given. It opens no socket, starts no program, signals nobody and reads no
 * other process; {@link Landlock} and a {@link CallFilter} see to it, for good and without rights.
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

  /**
   * Whether a process can be confined here.
   *
   * @throws UnsupportedHostException if not, with the reason
   */
  public static void require() throws UnsupportedHostException {
    Linux.require("Confining a process");
    JdkChannels.get();
    CallFilter.ofOutside();
    if (Landlock.version() < 1) {
      throw new UnsupportedHostException(
          "This kernel has no Landlock (Linux 5.13 has it; 'lsm=' on the kernel's command line"
              + " may have switched it off).");
    }
  }

  /**
   * Confines the calling thread, and every program that it starts. The thread is of no other use
   * afterwards.
   */
  void enter() throws IOException {
    CallFilter filter = CallFilter.ofOutside();
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
      SystemCall.prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
      rules.enter();
    }
    filter.enter();
  }
}
