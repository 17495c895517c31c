package dev.holdfast.ssh;

import static dev.holdfast.ssh.LibC.INT;
import static dev.holdfast.ssh.LibC.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The accounts that the C library knows, from wherever it has them (nsswitch.conf(5)). Thread-safe.
 *
 * <p>Layouts (passwd(3), group(3), shadow(3)), the same on every 64-bit Linux:
 *
 * <pre>
 *   passwd  name 0, password 8, uid 16, gid 20, gecos 24, home 32, shell 40
 *   group   name 0, password 8, gid 16, members 24
 *   spwd    name 0, password 8, last change 16, min 24, max 32, warn 40, inactive 48, expire 56
 * </pre>
 */
public final class LinuxUsers implements Users {
  /** Characters of the longest name that is looked up. */
  static final int MOST_NAME = 256;

  /** Groups of one account, as many as Linux takes (NGROUPS_MAX). */
  static final int MOST_GROUPS = 65_536;

  private static final int RECORD_BYTES = 128;
  private static final int TEXT_BYTES = 64 * 1024;
  private static final int FEW_GROUPS = 64;

  private static final MethodHandle GETPWNAM =
      LibC.function("getpwnam_r", INT, POINTER, POINTER, POINTER, LibC.LONG, POINTER);
  private static final MethodHandle GETGRGID =
      LibC.function("getgrgid_r", INT, INT, POINTER, POINTER, LibC.LONG, POINTER);
  private static final MethodHandle GETSPNAM =
      LibC.function("getspnam_r", INT, POINTER, POINTER, POINTER, LibC.LONG, POINTER);
  private static final MethodHandle GETGROUPLIST =
      LibC.function("getgrouplist", INT, POINTER, INT, POINTER, POINTER);

  /** One call of a function that fills a record. */
  private interface Lookup {
    long fill(MemorySegment state, MemorySegment record, MemorySegment text, MemorySegment result)
        throws Throwable;
  }

  private final Supplier<Instant> now;

  /** Where it is {@code now}, for accounts that expire. */
  public LinuxUsers(Supplier<Instant> now) {
    this.now = now;
  }

  @Override
  public Optional<User> find(String name) throws IOException {
    if (name.isEmpty() || name.length() > MOST_NAME || name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(name);
      MemorySegment passwd =
          lookUp(
              arena,
              (state, record, text, result) ->
                  (int) GETPWNAM.invokeExact(state, key, record, text, (long) TEXT_BYTES, result));
      return passwd.equals(MemorySegment.NULL)
          ? Optional.empty()
          : Optional.of(user(arena, passwd));
    }
  }

  private User user(Arena arena, MemorySegment passwd) throws IOException {
    String name = text(passwd, 0);
    int uid = passwd.get(INT, 16);
    int gid = passwd.get(INT, 20);
    String shell = text(passwd, 40);
    List<User.Group> groups = new ArrayList<>();
    for (int group : groups(arena, name, gid)) {
      groups.add(new User.Group(group, groupName(group)));
    }
    return new User(
        name,
        uid,
        gid,
        groups,
        text(passwd, 32),
        shell.isEmpty() ? "/bin/sh" : shell,
        isLocked(arena, name));
  }

  private static int[] groups(Arena arena, String name, int gid) throws IOException {
    MemorySegment key = arena.allocateFrom(name);
    int room = FEW_GROUPS;
    while (room <= MOST_GROUPS) {
      MemorySegment list = arena.allocate(INT, room);
      MemorySegment count = arena.allocateFrom(INT, room);
      long found =
          call(state ->
              Math.max(0, 1 + (int) GETGROUPLIST.invokeExact(state, key, gid, list, count)));
      if (found > 0) {
        return list.asSlice(0, 4L * count.get(INT, 0)).toArray(INT);
      }
      room *= 4;
    }
    throw new IOException("an account is in more than " + MOST_GROUPS + " groups");
  }

  /** The group's name; its number where it has none. */
  private static String groupName(int gid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment group =
          lookUp(
              arena,
              (state, record, text, result) ->
                  (int) GETGRGID.invokeExact(state, gid, record, text, (long) TEXT_BYTES, result));
      return group.equals(MemorySegment.NULL) ? Integer.toUnsignedString(gid) : text(group, 0);
    }
  }

  /** As sshd without PAM: a password that begins with "!", or a day that has passed. */
  private boolean isLocked(Arena arena, String name) throws IOException {
    MemorySegment key = arena.allocateFrom(name);
    MemorySegment shadow;
    try {
      shadow =
          lookUp(
              arena,
              (state, record, text, result) ->
                  (int) GETSPNAM.invokeExact(state, key, record, text, (long) TEXT_BYTES, result));
    } catch (SystemErrorException e) {
      // Only root may read the passwords; who is not root serves nobody but himself.
      return false;
    }
    if (shadow.equals(MemorySegment.NULL)) {
      return false;
    }
    long lastDay = shadow.get(LibC.LONG, 56);
    long today = TimeUnit.SECONDS.toDays(now.get().getEpochSecond());
    return text(shadow, 8).startsWith("!") || (lastDay >= 0 && lastDay < today);
  }

  /** The record that was found, or NULL if there is none. */
  private static MemorySegment lookUp(Arena arena, Lookup lookup) throws IOException {
    MemorySegment record = arena.allocate(RECORD_BYTES, 8);
    MemorySegment text = arena.allocate(TEXT_BYTES);
    MemorySegment result = arena.allocate(POINTER);
    long error = call(state -> lookup.fill(state, record, text, result));
    MemorySegment found = result.get(ValueLayout.ADDRESS, 0);
    if (found.equals(MemorySegment.NULL)) {
      // ENOENT and friends also mean "there is none" (getpwnam(3), NOTES).
      if (error != 0 && error != SystemErrorException.ENOENT && error != 3) {
        throw new SystemErrorException("looking up an account", (int) error);
      }
      return MemorySegment.NULL;
    }
    return record;
  }

  private static long call(LibC.Call call) throws IOException {
    return LibC.call("looking up an account", call);
  }

  @SuppressWarnings("restricted")
  private static String text(MemorySegment record, long offset) {
    MemorySegment pointer = record.get(ValueLayout.ADDRESS, offset);
    return pointer.equals(MemorySegment.NULL) ? "" : pointer.reinterpret(TEXT_BYTES).getString(0);
  }
}
