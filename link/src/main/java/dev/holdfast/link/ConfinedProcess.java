package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A process that is confined before its first instruction. It has two connections to the one that
 * started it, one for each side's requests, and what it writes to its standard streams comes here.
 *
 * <pre>
 *   thread here ── confines itself ── posix_spawn ──► the program, with descriptors
 *                                                     0 nothing  1, 2 {@link #said}
 *                                                     3 {@link #tells}  4 {@link #asks}
 * </pre>
 *
 * <p>Whoever holds the object is the only one who uses either connection from this end. Thread-safe
 * otherwise.
 */
public final class ConfinedProcess implements AutoCloseable {
  private static final int TELLS = 3;
  private static final int ASKS = 4;

  /** Variables that it keeps: how text and time are written. */
  private static final List<String> KEPT = List.of("LANG", "LC_ALL", "LC_CTYPE", "TZ");

  private final int pid;
  private final DescriptorSocket tells;
  private final DescriptorSocket asks;
  private final Duplex said;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private ConfinedProcess(int pid, DescriptorSocket tells, DescriptorSocket asks, Duplex said) {
    this.pid = pid;
    this.tells = tells;
    this.asks = asks;
    this.said = said;
  }

  /** Starts a program, confined as far as can be; its first word is an absolute path. */
  public static ConfinedProcess start(List<String> command, Confinement confinement)
      throws IOException {
    return start(command, confinement, Confinement.extent());
  }

  /** The same to another extent. */
  static ConfinedProcess start(
      List<String> command, Confinement confinement, Confinement.Extent extent) throws IOException {
    SocketPair tells = SocketPair.open();
    SocketPair asks = SocketPair.open();
    SocketPair said = SocketPair.open();
    try {
      Spawn.Entering entering = () -> confinement.enter(extent);
      int pid = Spawn.inThread(command, environment(), entering, List.of(said, said, tells, asks));
      ConfinedProcess process =
          new ConfinedProcess(pid, tells.socket(), asks.socket(), said.stream());
      Thread.ofPlatform().daemon().name("confined-end").start(process::awaitEnd);
      return process;
    } catch (IOException | RuntimeException e) {
      List.of(tells, asks, said).forEach(SocketPair::close);
      throw e;
    } finally {
      List.of(tells, asks, said).forEach(it -> it.there().close());
    }
  }

  private static List<String> environment() {
    List<String> kept = new ArrayList<>();
    Map<String, String> all = System.getenv();
    KEPT.stream().filter(all::containsKey).forEach(it -> kept.add(it + "=" + all.get(it)));
    return kept;
  }

  /** What its other end finds in the confined process. */
  public record Inside(DescriptorSocket told, DescriptorSocket asks) implements AutoCloseable {
    /** Takes both connections, and gives up starting programs. */
    public static Inside take() throws IOException {
      CallFilter.ofPrograms().enterEverywhere();
      return new Inside(
          DescriptorSocket.of(Descriptor.inherited(TELLS).toConnection()),
          DescriptorSocket.of(Descriptor.inherited(ASKS).toConnection()));
    }

    @Override
    public void close() throws IOException {
      told.close();
      asks.close();
    }
  }

  /** Over which it is told what to do. */
  public DescriptorSocket tells() {
    return tells;
  }

  /** Over which it asks for what it may not do. */
  public DescriptorSocket asks() {
    return asks;
  }

  /** What it writes to its standard streams. */
  public Duplex said() {
    return said;
  }

  /** Its number. */
  public int pid() {
    return pid;
  }

  /** Done with its status, as waitpid(2) has it, when it has ended. */
  public CompletableFuture<Integer> ended() {
    return ended.copy();
  }

  private void awaitEnd() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(INT);
      Linux.call("waitpid", state -> (int) Spawn.WAITPID.invokeExact(state, pid, status, 0));
      ended.complete(status.get(INT, 0));
    } catch (IOException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  /** Ends it at once. */
  @Override
  public void close() {
    if (!ended.isDone()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    said.close();
    try {
      tells.close();
      asks.close();
    } catch (IOException e) {
      // They are gone either way.
    }
  }

  /** Starts programs by posix_spawn(3), in a thread that confines itself before and ends after. */
  private static final class Spawn {
    static final MethodHandle WAITPID = Linux.function("waitpid", INT, INT, POINTER, INT);
    private static final MethodHandle SPAWN =
        Linux.function("posix_spawn", INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);
    private static final MethodHandle BEGIN =
        Linux.function("posix_spawn_file_actions_init", INT, POINTER);
    private static final MethodHandle COPY =
        Linux.function("posix_spawn_file_actions_adddup2", INT, POINTER, INT, INT);
    private static final MethodHandle OPEN =
        Linux.function("posix_spawn_file_actions_addopen", INT, POINTER, INT, POINTER, INT, INT);

    /** Enough for any C library's posix_spawn_file_actions_t. */
    private static final int ACTIONS_BYTES = 512;

    private static final long CLOSE_RANGE = 436;
    private static final long UNSHARE_AND_CLOSE_ON_EXEC = 2 | 4;
    private static final long ALL = 0xffffffffL;

    private Spawn() {}

    /** What confines the thread. */
    interface Entering {
      void enter() throws IOException;
    }

    static int inThread(
        List<String> command, List<String> environment, Entering in, List<SocketPair> pairs)
        throws IOException {
      CompletableFuture<Integer> pid = new CompletableFuture<>();
      Thread.ofPlatform()
          .daemon()
          .name("confine")
          .start(() -> {
            try {
              pid.complete(here(command, environment, in, pairs));
            } catch (IOException | RuntimeException | Error e) {
              pid.completeExceptionally(e);
            }
          });
      try {
        return pid.get();
      } catch (ExecutionException e) {
        throw new IOException("A confined process could not be started.", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    private static int here(
        List<String> command, List<String> environment, Entering in, List<SocketPair> pairs)
        throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment program = arena.allocateFrom(command.getFirst());
        MemorySegment words = strings(arena, command);
        MemorySegment variables = strings(arena, environment);
        MemorySegment actions = actions(arena, pairs);
        MemorySegment pid = arena.allocate(INT);
        // This thread's table of descriptors becomes its own; what is not copied below stays here.
        SystemCall.of(CLOSE_RANGE, 3, ALL, UNSHARE_AND_CLOSE_ON_EXEC);
        in.enter();
        returned(
            "posix_spawn",
            state ->
                (int)
                    SPAWN.invokeExact(
                        state, pid, program, actions, MemorySegment.NULL, words, variables));
        return pid.get(INT, 0);
      }
    }

    private static MemorySegment actions(Arena arena, List<SocketPair> pairs) throws IOException {
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, Long.BYTES);
      MemorySegment nothing = arena.allocateFrom("/dev/null");
      returned("posix_spawn", state -> (int) BEGIN.invokeExact(state, actions));
      returned("posix_spawn", state -> (int) OPEN.invokeExact(state, actions, 0, nothing, 0, 0));
      int number = 1;
      for (SocketPair each : pairs) {
        int from = each.there().number();
        int to = number++;
        returned("posix_spawn", state -> (int) COPY.invokeExact(state, actions, from, to));
      }
      return actions;
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
      MemorySegment array = arena.allocate(POINTER, texts.size() + 1L);
      for (int i = 0; i < texts.size(); i++) {
        array.setAtIndex(POINTER, i, arena.allocateFrom(texts.get(i)));
      }
      return array;
    }

    /** These return the number of their error. */
    private static void returned(String name, Linux.Call call) throws SystemCallException {
      long error = Linux.call(name, call);
      if (error != 0) {
        throw new SystemCallException(name, (int) error, Linux.errorText((int) error));
      }
    }
  }
}
