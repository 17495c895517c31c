package dev.holdfast.auth;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The functions of a PKCS #11 module that signing needs (OASIS PKCS #11 2.40, C_… in pkcs11f.h), by
 * the Foreign Function API. Every CK_ULONG is a long here, as on Linux and macOS. Confined.
 */
final class TokenFunctions {
  /** Bytes of the longest attribute or signature that is read. */
  private static final int MOST_BYTES = 1024;

  private static final int MOST_SLOTS = 64;
  private static final int TOKEN_INFO = 256;
  private static final int LABEL = 32;
  private static final long ATTRIBUTE = 24;
  private static final long MECHANISM = 24;
  private static final long USER = 1;
  private static final long SERIAL_AND_WRITE = 4 | 2;
  private static final Linker LINKER = Linker.nativeLinker();

  @SuppressWarnings("restricted")
  private static final BiFunction<Path, Arena, SymbolLookup> LOADER = SymbolLookup::libraryLookup;

  /** A function's place in CK_FUNCTION_LIST, behind the version. */
  private enum Place {
    INITIALIZE(0),
    FINALIZE(1),
    GET_SLOT_LIST(4),
    GET_TOKEN_INFO(6),
    OPEN_SESSION(12),
    LOGIN(18),
    DESTROY_OBJECT(22),
    GET_ATTRIBUTE_VALUE(24),
    FIND_OBJECTS_INIT(26),
    FIND_OBJECTS(27),
    FIND_OBJECTS_FINAL(28),
    SIGN_INIT(42),
    SIGN(43),
    GENERATE_KEY_PAIR(59);

    private final int number;

    Place(int number) {
      this.number = number;
    }
  }

  private final MemorySegment functions;

  /**
   * Loads a module.
   *
   * @throws IllegalArgumentException if it is none
   */
  @SuppressWarnings("restricted")
  TokenFunctions(Path module) {
    MethodHandle list =
        LINKER.downcallHandle(
            LOADER
                .apply(module, Arena.global())
                .find("C_GetFunctionList")
                .orElseThrow(() -> new IllegalArgumentException("no PKCS #11 module: " + module)),
            FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ADDRESS);
      long result = (long) list.invokeExact(place);
      if (result != 0) {
        throw new IllegalArgumentException("no function list: " + result);
      }
      functions = place.get(ADDRESS, 0).reinterpret(8 + 8L * (Place.GENERATE_KEY_PAIR.number + 1));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted")
  private void call(Place place, Object... arguments) throws TokenFailure {
    MemoryLayout[] shape =
        Arrays.stream(arguments)
            .map(it -> it instanceof Long ? JAVA_LONG : ADDRESS)
            .toArray(MemoryLayout[]::new);
    MethodHandle function =
        LINKER.downcallHandle(
            functions.get(ADDRESS, 8 + 8L * place.number), FunctionDescriptor.of(JAVA_LONG, shape));
    long result;
    try {
      result = (long) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(place.name(), e);
    }
    if (result != 0) {
      throw new TokenFailure(result);
    }
  }

  // ---- the module and its tokens ----

  /** Begins; every call after it is made by one thread. */
  void begin() throws TokenFailure {
    try {
      call(Place.INITIALIZE, MemorySegment.NULL);
    } catch (TokenFailure e) {
      if (e.code() != TokenFailure.ALREADY_INITIALIZED) {
        throw e;
      }
    }
  }

  /** Forgets all sessions; the module looks for its tokens anew when it begins again. */
  void end() throws TokenFailure {
    call(Place.FINALIZE, MemorySegment.NULL);
  }

  /** The slots whose token has that label. */
  List<Long> slots(String label) throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_LONG);
      count.set(JAVA_LONG, 0, MOST_SLOTS);
      MemorySegment slots = arena.allocate(JAVA_LONG, MOST_SLOTS);
      // 1: only slots with a token in them. CK_BBOOL is a byte, which a register's lowest one is.
      call(Place.GET_SLOT_LIST, 1L, slots, count);
      List<Long> found = new ArrayList<>();
      for (int i = 0; i < Math.min(count.get(JAVA_LONG, 0), MOST_SLOTS); i++) {
        long slot = slots.getAtIndex(JAVA_LONG, i);
        if (label(arena, slot).equals(label)) {
          found.add(slot);
        }
      }
      return found;
    }
  }

  /** Nothing if the token can't be asked, or was just taken away. */
  private String label(Arena arena, long slot) {
    MemorySegment told = arena.allocate(TOKEN_INFO);
    try {
      call(Place.GET_TOKEN_INFO, slot, told);
    } catch (TokenFailure e) {
      return "";
    }
    return new String(told.asSlice(0, LABEL).toArray(JAVA_BYTE), StandardCharsets.UTF_8).strip();
  }

  /** A session in which keys can be made. */
  long open(long slot) throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment session = arena.allocate(JAVA_LONG);
      call(
          Place.OPEN_SESSION,
          slot,
          SERIAL_AND_WRITE,
          MemorySegment.NULL,
          MemorySegment.NULL,
          session);
      return session.get(JAVA_LONG, 0);
    }
  }

  /** Logs in; what the PIN was in is overwritten. */
  void logIn(long session, String pin) throws TokenFailure {
    byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, bytes);
      try {
        call(Place.LOGIN, session, USER, text, (long) bytes.length);
      } finally {
        text.fill((byte) 0);
        Arrays.fill(bytes, (byte) 0);
      }
    } catch (TokenFailure e) {
      if (e.code() != TokenFailure.ALREADY_LOGGED_IN) {
        throw e;
      }
    }
  }

  // ---- objects ----

  /** Those that have these attributes, at most so many. */
  List<Long> find(long session, Map<Long, byte[]> attributes, int most) throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      call(Place.FIND_OBJECTS_INIT, session, template(arena, attributes), (long) attributes.size());
      try {
        MemorySegment found = arena.allocate(JAVA_LONG, most);
        MemorySegment count = arena.allocate(JAVA_LONG);
        call(Place.FIND_OBJECTS, session, found, (long) most, count);
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i < Math.min(count.get(JAVA_LONG, 0), most); i++) {
          objects.add(found.getAtIndex(JAVA_LONG, i));
        }
        return objects;
      } finally {
        call(Place.FIND_OBJECTS_FINAL, session);
      }
    }
  }

  /** One attribute of an object. */
  byte[] attribute(long session, long object, long type) throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocate(ATTRIBUTE, 8);
      wanted.set(JAVA_LONG, 0, type);
      MemorySegment value = arena.allocate(MOST_BYTES);
      wanted.set(ADDRESS, 8, value);
      wanted.set(JAVA_LONG, 16, MOST_BYTES);
      call(Place.GET_ATTRIBUTE_VALUE, session, object, wanted, 1L);
      return first(value, wanted.get(JAVA_LONG, 16));
    }
  }

  void destroy(long session, long object) throws TokenFailure {
    call(Place.DESTROY_OBJECT, session, object);
  }

  /** A new pair of keys with these attributes. */
  void generate(long session, long mechanism, Map<Long, byte[]> shown, Map<Long, byte[]> hidden)
      throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      call(
          Place.GENERATE_KEY_PAIR,
          session,
          mechanism(arena, mechanism),
          template(arena, shown),
          (long) shown.size(),
          template(arena, hidden),
          (long) hidden.size(),
          arena.allocate(JAVA_LONG),
          arena.allocate(JAVA_LONG));
    }
  }

  byte[] sign(long session, long key, long mechanism, byte[] data) throws TokenFailure {
    try (Arena arena = Arena.ofConfined()) {
      call(Place.SIGN_INIT, session, mechanism(arena, mechanism), key);
      MemorySegment signature = arena.allocate(MOST_BYTES);
      MemorySegment length = arena.allocate(JAVA_LONG);
      length.set(JAVA_LONG, 0, MOST_BYTES);
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, data);
      call(Place.SIGN, session, text, (long) data.length, signature, length);
      return first(signature, length.get(JAVA_LONG, 0));
    }
  }

  private static byte[] first(MemorySegment bytes, long length) throws TokenFailure {
    if (length < 0 || length > bytes.byteSize()) {
      throw new TokenFailure(TokenFailure.GENERAL);
    }
    return bytes.asSlice(0, length).toArray(JAVA_BYTE);
  }

  private static MemorySegment mechanism(Arena arena, long number) {
    MemorySegment mechanism = arena.allocate(MECHANISM, 8);
    mechanism.set(JAVA_LONG, 0, number);
    return mechanism;
  }

  private static MemorySegment template(Arena arena, Map<Long, byte[]> attributes) {
    MemorySegment all = arena.allocate(ATTRIBUTE * attributes.size(), 8);
    long at = 0;
    for (Map.Entry<Long, byte[]> one : attributes.entrySet()) {
      all.set(JAVA_LONG, at, one.getKey());
      all.set(ADDRESS, at + 8, arena.allocateFrom(JAVA_BYTE, one.getValue()));
      all.set(JAVA_LONG, at + 16, one.getValue().length);
      at += ATTRIBUTE;
    }
    return all;
  }
}
