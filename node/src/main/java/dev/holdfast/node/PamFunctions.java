package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The functions of libpam, and of the C library for the memory that it gives back. Thread-safe. */
final class PamFunctions {
  private static final long MOST_TEXT = 8 * 1024;
  private static final Linker LINKER = Linker.nativeLinker();

  private final MethodHandle start;
  private final MethodHandle end;
  private final MethodHandle setItem;
  private final MethodHandle authenticate;
  private final MethodHandle checkAccount;
  private final MethodHandle changeToken;
  private final MethodHandle text;
  private final MethodHandle calloc;
  private final MethodHandle strdup;

  PamFunctions(SymbolLookup library) {
    FunctionDescriptor withFlags = FunctionDescriptor.of(INT, POINTER, INT);
    start =
        link(library, "pam_start", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER));
    end = link(library, "pam_end", withFlags);
    setItem = link(library, "pam_set_item", FunctionDescriptor.of(INT, POINTER, INT, POINTER));
    authenticate = link(library, "pam_authenticate", withFlags);
    checkAccount = link(library, "pam_acct_mgmt", withFlags);
    changeToken = link(library, "pam_chauthtok", withFlags);
    text = link(library, "pam_strerror", FunctionDescriptor.of(POINTER, POINTER, INT));
    SymbolLookup system = LINKER.defaultLookup();
    calloc = link(system, "calloc", FunctionDescriptor.of(POINTER, LONG, LONG));
    strdup = link(system, "strdup", FunctionDescriptor.of(POINTER, POINTER));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(SymbolLookup from, String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(from.findOrThrow(name), shape);
  }

  int start(MemorySegment service, MemorySegment user, MemorySegment talk, MemorySegment place) {
    return number(() -> (int) start.invokeExact(service, user, talk, place));
  }

  void end(MemorySegment handle, int status) {
    number(() -> (int) end.invokeExact(handle, status));
  }

  int setItem(MemorySegment handle, int item, MemorySegment value) {
    return number(() -> (int) setItem.invokeExact(handle, item, value));
  }

  int authenticate(MemorySegment handle, int flags) {
    return number(() -> (int) authenticate.invokeExact(handle, flags));
  }

  int checkAccount(MemorySegment handle, int flags) {
    return number(() -> (int) checkAccount.invokeExact(handle, flags));
  }

  int changeToken(MemorySegment handle, int flags) {
    return number(() -> (int) changeToken.invokeExact(handle, flags));
  }

  String text(MemorySegment handle, int result) {
    return string(pointer(() -> (MemorySegment) text.invokeExact(handle, result)));
  }

  /** Zeroed memory that PAM gives back. */
  @SuppressWarnings("restricted")
  MemorySegment allocate(long bytes) {
    return pointer(() -> (MemorySegment) calloc.invokeExact(1L, bytes)).reinterpret(bytes);
  }

  /** A copy that PAM wipes and gives back. */
  MemorySegment copy(String text) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(text);
      MemorySegment copy = pointer(() -> (MemorySegment) strdup.invokeExact(bytes));
      bytes.fill((byte) 0);
      return copy;
    }
  }

  @SuppressWarnings("restricted")
  static String string(MemorySegment pointer) {
    return pointer.equals(MemorySegment.NULL) ? "" : pointer.reinterpret(MOST_TEXT).getString(0);
  }

  private interface NumberCall {
    int make() throws Throwable;
  }

  private interface PointerCall {
    MemorySegment make() throws Throwable;
  }

  private static int number(NumberCall call) {
    try {
      return call.make();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("PAM", e);
    }
  }

  private static MemorySegment pointer(PointerCall call) {
    try {
      return call.make();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("PAM", e);
    }
  }
}
