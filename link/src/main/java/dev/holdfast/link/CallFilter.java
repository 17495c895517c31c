package dev.holdfast.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A filter of system calls (seccomp(2)): those that would reach beyond a confined process fail with
 * EACCES, in every thread and program that is started behind it. What is left is what works on
 * descriptors that the process has.
 *
 * <p>The program for the kernel is in classic BPF: eight bytes each of code, two jumps, and a
 * number. Pure but for {@link #enter} and {@link #enterEverywhere}.
 */
final class CallFilter {
  /** Offsets in {@code struct seccomp_data}. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;
  private static final int SECOND_ARGUMENT = 24;
  private static final int THIRD_ARGUMENT = 32;

  private static final short LOAD = 0x20;
  private static final short IF_EQUAL = 0x15;
  private static final short IF_AT_LEAST = 0x35;
  private static final short IF_ANY_BIT = 0x45;
  private static final short RETURN = 0x06;

  private static final int ALLOW = 0x7fff0000;
  private static final int FAIL = 0x00050000 | 13;
  private static final int INSTRUCTION_BYTES = 8;

  /** From here on a number of x86-64 means the same call of the x32 ABI. */
  private static final int X32 = 0x40000000;

  /** These put bytes into a terminal's input, from where a shell would take them. */
  private static final int[] TERMINAL_INPUT = {0x5412, 0x541c};

  /**
   * To write, to make, and to empty a file: flags of open(2), the same on all of these machines.
   */
  private static final int OPEN_TO_CHANGE = 1 | 2 | 0x40 | 0x200;

  private static final int AMD64_OPEN = 2;
  private static final int PR_SET_SECCOMP = 22;
  private static final long FILTER = 2;
  private static final long SET_MODE_FILTER = 1;
  private static final long ALL_THREADS = 1;

  private final List<long[]> program;
  private final long seccomp;

  private CallFilter(List<long[]> program, long seccomp) {
    this.program = program;
    this.seccomp = seccomp;
  }

  /** Without what reaches beyond the process. */
  static CallFilter ofOutside() throws UnsupportedHostException {
    Machine here = Machine.here();
    List<long[]> program = begin(here, DeniedCalls.OUTSIDE);
    program.add(new long[] {IF_EQUAL, 1, 0, here.ioctl});
    program.add(new long[] {RETURN, 0, 0, ALLOW});
    program.add(new long[] {LOAD, 0, 0, SECOND_ARGUMENT});
    for (int request : TERMINAL_INPUT) {
      program.add(new long[] {IF_EQUAL, 0, 1, request});
      program.add(new long[] {RETURN, 0, 0, FAIL});
    }
    return end(here, program);
  }

  /** Without what changes files. */
  static CallFilter ofWriting() throws UnsupportedHostException {
    Machine here = Machine.here();
    List<long[]> program = begin(here, DeniedCalls.WRITING);
    addOpen(program, here.openat, THIRD_ARGUMENT);
    if (here == Machine.AMD64) {
      addOpen(program, AMD64_OPEN, SECOND_ARGUMENT);
    }
    return end(here, program);
  }

  /** Lets that call pass unless a flag of it changes something. */
  private static void addOpen(List<long[]> program, int number, int flags) {
    program.add(new long[] {IF_EQUAL, 0, 4, number});
    program.add(new long[] {LOAD, 0, 0, flags});
    program.add(new long[] {IF_ANY_BIT, 0, 1, OPEN_TO_CHANGE});
    program.add(new long[] {RETURN, 0, 0, FAIL});
    program.add(new long[] {RETURN, 0, 0, ALLOW});
  }

  /** Without what starts programs. */
  static CallFilter ofPrograms() throws UnsupportedHostException {
    Machine here = Machine.here();
    return end(here, begin(here, DeniedCalls.PROGRAMS));
  }

  /** An architecture: its number in linux/audit.h, and those of three calls. */
  private enum Machine {
    AMD64(0xc000003eL, DeniedCalls.AMD64, 317, 16, 257),
    AARCH64(0xc00000b7L, DeniedCalls.ELSEWHERE, 277, 29, 56),
    RISCV64(0xc00000f3L, DeniedCalls.ELSEWHERE, 277, 29, 56);

    private final long architecture;
    private final int column;
    private final long seccomp;
    private final int ioctl;
    private final int openat;

    Machine(long architecture, int column, long seccomp, int ioctl, int openat) {
      this.architecture = architecture;
      this.column = column;
      this.seccomp = seccomp;
      this.ioctl = ioctl;
      this.openat = openat;
    }

    static Machine here() throws UnsupportedHostException {
      Linux.require("A filter of system calls");
      String name = System.getProperty("os.arch");
      return Arrays.stream(values())
          .filter(it -> it.name().equals(name.toUpperCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(() ->
              new UnsupportedHostException(
                  "The numbers of system calls are not known for " + name + "."));
    }
  }

  /** All that is denied whatever its arguments are. */
  private static List<long[]> begin(Machine machine, DeniedCalls denied) {
    List<long[]> program = new ArrayList<>();
    program.add(new long[] {LOAD, 0, 0, ARCHITECTURE});
    program.add(new long[] {IF_EQUAL, 1, 0, machine.architecture});
    program.add(new long[] {RETURN, 0, 0, FAIL});
    program.add(new long[] {LOAD, 0, 0, NUMBER});
    if (machine == Machine.AMD64) {
      program.add(new long[] {IF_AT_LEAST, 0, 1, X32});
      program.add(new long[] {RETURN, 0, 0, FAIL});
    }
    for (int number : denied.numbers(machine.column)) {
      program.add(new long[] {IF_EQUAL, 0, 1, number});
      program.add(new long[] {RETURN, 0, 0, FAIL});
    }
    return program;
  }

  private static CallFilter end(Machine machine, List<long[]> program) {
    program.add(new long[] {RETURN, 0, 0, ALLOW});
    return new CallFilter(program, machine.seccomp);
  }

  /** The program as the kernel reads it. */
  byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(program.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    for (long[] each : program) {
      bytes.putShort((short) each[0]).put((byte) each[1]).put((byte) each[2]).putInt((int) each[3]);
    }
    return bytes.array();
  }

  /** Holds for this thread and what it starts from now on, which gains no rights by set-uid. */
  void enter() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.prctl(PR_SET_SECCOMP, FILTER, inMemory(arena).address());
    }
  }

  /** The same for all threads that this process has. */
  void enterEverywhere() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.of(seccomp, SET_MODE_FILTER, ALL_THREADS, inMemory(arena).address());
    }
  }

  /** {@code struct sock_fprog}. */
  private MemorySegment inMemory(Arena arena) {
    MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes());
    MemorySegment whole = arena.allocate(16, Long.BYTES);
    whole.set(ValueLayout.JAVA_SHORT, 0, (short) program.size());
    whole.set(ValueLayout.ADDRESS, 8, code);
    return whole;
  }
}
