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

  private static final short LOAD = 0x20;
  private static final short IF_EQUAL = 0x15;
  private static final short IF_AT_LEAST = 0x35;
  private static final short RETURN = 0x06;

  private static final int ALLOW = 0x7fff0000;
  private static final int FAIL = 0x00050000 | 13;
  private static final int INSTRUCTION_BYTES = 8;

  /** From here on a number of x86-64 means the same call of the x32 ABI. */
  private static final int X32 = 0x40000000;

  /** These put bytes into a terminal's input, from where a shell would take them. */
  private static final int[] TERMINAL_INPUT = {0x5412, 0x541c};

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
    return new CallFilter(program(here, here.numbers(OUTSIDE), true), here.seccomp);
  }

  /** Without what starts programs. */
  static CallFilter ofPrograms() throws UnsupportedHostException {
    Machine here = Machine.here();
    return new CallFilter(program(here, here.numbers(PROGRAMS), false), here.seccomp);
  }

  /**
   * Calls by which a process gets a socket, another process, other rights or another view of the
   * files, or changes files without opening them: name, number on x86-64 (asm/unistd_64.h), and
   * elsewhere (asm-generic/unistd.h).
   */
  private static final String OUTSIDE =
      """
      socket 41 198
      connect 42 203
      bind 49 200
      listen 50 201
      ptrace 101 117
      kill 62 129
      tkill 200 130
      rt_sigqueueinfo 129 138
      rt_tgsigqueueinfo 297 240
      unshare 272 97
      setns 308 268
      mount 165 40
      umount2 166 39
      pivot_root 155 41
      chroot 161 51
      bpf 321 280
      perf_event_open 298 241
      add_key 248 217
      request_key 249 218
      keyctl 250 219
      userfaultfd 323 282
      open_by_handle_at 304 265
      process_vm_readv 310 270
      process_vm_writev 311 271
      shmget 29 194
      shmat 30 196
      semget 64 190
      msgget 68 186
      mq_open 240 180
      pidfd_send_signal 424 424
      io_uring_setup 425 425
      pidfd_open 434 434
      pidfd_getfd 438 438
      open_tree 428 428
      move_mount 429 429
      fsopen 430 430
      fsconfig 431 431
      fsmount 432 432
      fspick 433 433
      mount_setattr 442 442
      chmod 90 -
      fchmod 91 52
      fchmodat 268 53
      fchmodat2 452 452
      chown 92 -
      fchown 93 55
      lchown 94 -
      fchownat 260 54
      setxattr 188 5
      lsetxattr 189 6
      fsetxattr 190 7
      removexattr 197 14
      lremovexattr 198 15
      fremovexattr 199 16
      """;

  private static final String PROGRAMS =
      """
      execve 59 221
      execveat 322 281
      """;

  /** An architecture: its number in linux/audit.h, and those of two calls. */
  private enum Machine {
    AMD64(0xc000003eL, 1, 317, 16),
    AARCH64(0xc00000b7L, 2, 277, 29),
    RISCV64(0xc00000f3L, 2, 277, 29);

    private final long architecture;
    private final int column;
    private final long seccomp;
    private final int ioctl;

    Machine(long architecture, int column, long seccomp, int ioctl) {
      this.architecture = architecture;
      this.column = column;
      this.seccomp = seccomp;
      this.ioctl = ioctl;
    }

    List<Integer> numbers(String table) {
      return table
          .lines()
          .map(line -> line.split(" ", 3)[column])
          .filter(number -> !number.equals("-"))
          .map(Integer::valueOf)
          .toList();
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

  private static List<long[]> program(Machine machine, List<Integer> denied, boolean terminals) {
    List<long[]> program = new ArrayList<>();
    program.add(new long[] {LOAD, 0, 0, ARCHITECTURE});
    program.add(new long[] {IF_EQUAL, 1, 0, machine.architecture});
    program.add(new long[] {RETURN, 0, 0, FAIL});
    program.add(new long[] {LOAD, 0, 0, NUMBER});
    if (machine == Machine.AMD64) {
      program.add(new long[] {IF_AT_LEAST, 0, 1, X32});
      program.add(new long[] {RETURN, 0, 0, FAIL});
    }
    for (int number : denied) {
      program.add(new long[] {IF_EQUAL, 0, 1, number});
      program.add(new long[] {RETURN, 0, 0, FAIL});
    }
    if (terminals) {
      program.add(new long[] {IF_EQUAL, 1, 0, machine.ioctl});
      program.add(new long[] {RETURN, 0, 0, ALLOW});
      program.add(new long[] {LOAD, 0, 0, SECOND_ARGUMENT});
      for (int request : TERMINAL_INPUT) {
        program.add(new long[] {IF_EQUAL, 0, 1, request});
        program.add(new long[] {RETURN, 0, 0, FAIL});
      }
    }
    program.add(new long[] {RETURN, 0, 0, ALLOW});
    return program;
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
