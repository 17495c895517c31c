package dev.holdfast.node;

import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The functions of a shared object of the system, dlopen(3): there for as long as the process
 * lives, and visible to what the object loads in its turn, as PAM's modules need it.
 */
final class SharedObject implements SymbolLookup {
  private static final int RTLD_NOW = 0x2;
  private static final int RTLD_GLOBAL = 0x100;

  private static final MethodHandle DLOPEN =
      Linux.function("dlopen", POINTER, POINTER, ValueLayout.JAVA_INT);
  private static final MethodHandle DLSYM = Linux.function("dlsym", POINTER, POINTER, POINTER);

  private final MemorySegment handle;

  private SharedObject(MemorySegment handle) {
    this.handle = handle;
  }

  /** The object of that name, as the dynamic linker finds it; empty if it does not. */
  static Optional<SymbolLookup> open(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Linux.callState(arena);
      MemorySegment handle =
          (MemorySegment)
              DLOPEN.invokeExact(state, arena.allocateFrom(name), RTLD_NOW | RTLD_GLOBAL);
      return handle.address() == 0 ? Optional.empty() : Optional.of(new SharedObject(handle));
    } catch (Throwable e) {
      throw new AssertionError("dlopen throws nothing", e);
    }
  }

  @Override
  public Optional<MemorySegment> find(String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Linux.callState(arena);
      MemorySegment found =
          (MemorySegment) DLSYM.invokeExact(state, handle, arena.allocateFrom(function));
      return found.address() == 0 ? Optional.empty() : Optional.of(found);
    } catch (Throwable e) {
      throw new AssertionError("dlsym throws nothing", e);
    }
  }
}
