package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import dev.holdfast.link.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/**
 * Starts, watches and signals processes, without a thread for each: posix_spawn(3), pidfd_open(2),
 * kill(2), waitpid(2). Thread-safe.
 */
final class Processes {
  private static final int SPAWN_SETSID = 0x80;

  /** Larger than the C library's opaque types for spawning. */
  private static final long OPAQUE_BYTES = 1024;

  private static final long SYS_PIDFD_OPEN = 434;
  private static final int WNOHANG = 1;

  private static final MethodHandle ATTRIBUTES_INIT =
      Linux.function("posix_spawnattr_init", INT, POINTER);
  private static final MethodHandle ATTRIBUTES_SETFLAGS =
      Linux.function("posix_spawnattr_setflags", INT, POINTER, INT);
  private static final MethodHandle ATTRIBUTES_DESTROY =
      Linux.function("posix_spawnattr_destroy", INT, POINTER);
  private static final MethodHandle ACTIONS_INIT =
      Linux.function("posix_spawn_file_actions_init", INT, POINTER);
  private static final MethodHandle ACTIONS_DUP2 =
      Linux.function("posix_spawn_file_actions_adddup2", INT, POINTER, INT, INT);
  private static final MethodHandle ACTIONS_DESTROY =
      Linux.function("posix_spawn_file_actions_destroy", INT, POINTER);
  private static final MethodHandle SPAWN =
      Linux.function("posix_spawn", INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);
  private static final MethodHandle SYSCALL = Linux.variadic("syscall", 1, LONG, LONG, LONG, LONG);
  private static final MethodHandle KILL = Linux.function("kill", INT, INT, INT);
  private static final MethodHandle WAITPID = Linux.function("waitpid", INT, INT, POINTER, INT);

  private static final MethodHandle GETEUID = Linux.function("geteuid", INT);

  private Processes() {}

  /** Whether this process may do everything. */
  static boolean isRoot() {
    try {
      return Linux.call("geteuid", state -> (int) GETEUID.invokeExact(state) == 0 ? 1 : 0) == 1;
    } catch (IOException e) {
      throw new AssertionError("geteuid can't fail", e);
    }
  }

  /**
   * Starts a program as the leader of a session of its own.
   *
   * @param file of the program
   * @param name its zeroth argument, and only one
   * @param environment all that it gets
   * @param descriptors what its descriptors 0, 1, ... are copies of, none below {@link
   *     Descriptors#FIRST_FREE}
   * @return the process, which has to be awaited
   */
  static int spawn(
      String file, String name, Map<String, String> environment, List<Integer> descriptors)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE_BYTES);
      MemorySegment attributes = arena.allocate(OPAQUE_BYTES);
      check("posix_spawn", state -> (int) ACTIONS_INIT.invokeExact(state, actions));
      check("posix_spawn", state -> (int) ATTRIBUTES_INIT.invokeExact(state, attributes));
      try {
        check(
            "posix_spawn",
            state -> (int) ATTRIBUTES_SETFLAGS.invokeExact(state, attributes, SPAWN_SETSID));
        for (int i = 0; i < descriptors.size(); i++) {
          int from = descriptors.get(i);
          int to = i;
          check("posix_spawn", state -> (int) ACTIONS_DUP2.invokeExact(state, actions, from, to));
        }
        MemorySegment process = arena.allocate(INT);
        MemorySegment path = arena.allocateFrom(file);
        MemorySegment arguments = strings(arena, List.of(name));
        MemorySegment variables = strings(arena, variables(environment));
        check(
            "posix_spawn",
            state ->
                (int)
                    SPAWN.invokeExact(
                        state, process, path, actions, attributes, arguments, variables));
        return process.get(INT, 0);
      } finally {
        check("posix_spawn", state -> (int) ACTIONS_DESTROY.invokeExact(state, actions));
        check("posix_spawn", state -> (int) ATTRIBUTES_DESTROY.invokeExact(state, attributes));
      }
    }
  }

  /** A descriptor that becomes readable when the process has ended. */
  static int watch(int process) throws IOException {
    return Descriptors.above(
        (int)
            Linux.call(
                "pidfd_open",
                state -> (long) SYSCALL.invokeExact(state, SYS_PIDFD_OPEN, (long) process, 0L)));
  }

  /** Takes note of the end of a process that has ended; its status as waitpid(2) gives it. */
  static WaitStatus await(int process) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(INT);
      long ended =
          Linux.call(
              "waitpid", state -> (int) WAITPID.invokeExact(state, process, status, WNOHANG));
      if (ended != process) {
        throw new IOException("process " + process + " has not ended");
      }
      return new WaitStatus(status.get(INT, 0));
    }
  }

  /** Sends a signal to a process group; it is no error if there is none any more. */
  static void signalGroup(int group, int number) {
    try {
      Linux.call("kill", state -> (int) KILL.invokeExact(state, -group, number));
    } catch (IOException e) {
      // Nobody is left to hear it.
    }
  }

  /** Calls a function that returns the number of its error. */
  private static void check(String name, Linux.Call call) throws IOException {
    long error = Linux.call(name, call);
    if (error != 0) {
      throw new SystemCallException(name, (int) error, Linux.errorText((int) error));
    }
  }

  private static List<String> variables(Map<String, String> environment) {
    return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static MemorySegment strings(Arena arena, List<String> texts) {
    MemorySegment pointers = arena.allocate(POINTER, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(POINTER, i, arena.allocateFrom(texts.get(i)));
    }
    return pointers;
  }
}
