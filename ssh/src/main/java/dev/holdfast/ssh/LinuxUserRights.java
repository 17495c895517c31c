package dev.holdfast.ssh;

import static dev.holdfast.ssh.LibC.INT;
import static dev.holdfast.ssh.LibC.LONG;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * The rights of accounts, by what Linux keeps for each thread: groups, effective ids, mask.
 *
 * <p>A fresh thread of the operating system takes them on by the system calls themselves (the C
 * library's functions would change every thread), runs the action and ends; it is never used again.
 * With the effective user id go the capabilities, and peers of sockets see the user and not root
 * (credentials(7), unix(7) SO_PEERCRED). The thread's real and saved ids stay root's, so the user
 * can't send it signals or trace it. What is opened is used by other threads afterwards: rights
 * count when something is opened. Thread-safe.
 */
public final class LinuxUserRights implements UserRights {
  /** What runs programs as somebody else, of util-linux. */
  private static final String SETPRIV = "/usr/bin/setpriv";

  private static final int CLONE_FS = 0x200;
  private static final long UNCHANGED = -1;

  private static final MethodHandle SYSCALL =
      LibC.variadic("syscall", 1, LONG, LONG, LONG, LONG, LONG);
  private static final MethodHandle GETEUID = LibC.function("geteuid", INT);
  private static final MethodHandle UMASK = LibC.function("umask", INT, INT);

  private final int own;

  /** For this process's rights as they are now: root's, or those of one user. */
  public LinuxUserRights() {
    own = effective();
  }

  @Override
  public <T> T as(User user, int mask, Action<T> action) throws IOException {
    requireRights(user);
    CompletableFuture<T> result = new CompletableFuture<>();
    start(user, () -> run(user, mask, action, result));
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while acting as a user");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure
          ? failure
          : new IOException("Acting as a user failed.", e.getCause());
    }
  }

  private static void start(User user, Runnable task) throws IOException {
    try {
      String name = "as-" + Integer.toUnsignedString(user.uid());
      Thread.ofPlatform().daemon().name(name).start(task);
    } catch (OutOfMemoryError e) {
      throw new IOException("no thread can be started; raise the limits on processes", e);
    }
  }

  @Override
  public List<String> command(User user, List<String> program) throws IOException {
    requireRights(user);
    if (own == user.uid()) {
      return program;
    }
    String groups =
        user.groups().stream()
            .map(group -> Integer.toUnsignedString(group.gid()))
            .collect(Collectors.joining(","));
    List<String> line = new ArrayList<>();
    line.add(SETPRIV);
    line.add("--reuid=" + Integer.toUnsignedString(user.uid()));
    line.add("--regid=" + Integer.toUnsignedString(user.gid()));
    line.add("--groups=" + groups);
    line.add("--inh-caps=-all");
    line.add("--");
    line.addAll(program);
    return List.copyOf(line);
  }

  /** Whether anything can be done as {@code user}. */
  boolean cover(User user) {
    return own == 0 || own == user.uid();
  }

  private void requireRights(User user) throws IOException {
    if (!cover(user)) {
      throw new IOException("This server runs as one user and can't act for another one.");
    }
  }

  private <T> void run(User user, int mask, Action<T> action, CompletableFuture<T> result) {
    try {
      take(user, mask);
      result.complete(action.run());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private void take(User user, int mask) throws IOException {
    KernelNumbers number = KernelNumbers.ofThisMachine();
    call(number.unshare(), CLONE_FS, 0, 0);
    LibC.call("umask", state -> (int) UMASK.invokeExact(state, mask));
    if (own == user.uid()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      int[] gids = user.groups().stream().mapToInt(User.Group::gid).toArray();
      MemorySegment list = arena.allocateFrom(ValueLayout.JAVA_INT, gids);
      call(number.setgroups(), gids.length, list.address(), 0);
    }
    call(number.setresgid(), UNCHANGED, Integer.toUnsignedLong(user.gid()), UNCHANGED);
    call(number.setresuid(), UNCHANGED, Integer.toUnsignedLong(user.uid()), UNCHANGED);
    if (effective() != user.uid()) {
      throw new IOException("Taking on a user's rights had no effect.");
    }
  }

  private static void call(long number, long first, long second, long third) throws IOException {
    LibC.call(
        "taking on a user's rights",
        state -> (long) SYSCALL.invokeExact(state, number, first, second, third));
  }

  private static int effective() {
    try {
      // Ids are unsigned; a sign would look like an error.
      return (int)
          LibC.call("geteuid", state -> Integer.toUnsignedLong((int) GETEUID.invokeExact(state)));
    } catch (IOException e) {
      throw new AssertionError("geteuid(2) always succeeds", e);
    }
  }
}
