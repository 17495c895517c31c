package dev.holdfast.ssh;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the system calls that the C library makes for the whole process where we want them
 * for one thread.
 */
record KernelNumbers(int setgroups, int setresgid, int setresuid, int unshare) {
  /** asm-generic/unistd.h, which newer architectures share. */
  private static final KernelNumbers GENERIC = new KernelNumbers(159, 149, 147, 97);

  private static final Map<String, KernelNumbers> KNOWN =
      Map.of(
          "amd64", new KernelNumbers(116, 119, 117, 272), "aarch64", GENERIC, "riscv64", GENERIC);

  static boolean isKnown() {
    return KNOWN.containsKey(System.getProperty("os.arch"));
  }

  static KernelNumbers ofThisMachine() {
    @Nullable KernelNumbers numbers = KNOWN.get(System.getProperty("os.arch"));
    if (numbers == null) {
      throw new IllegalStateException("not a machine whose system calls are known");
    }
    return numbers;
  }
}
