package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Landlock (landlock(7)): a thread gives up all files but those below paths that it names, TCP, and
 * signals to others; so do all threads and programs that it starts from then on. Needs no rights.
 */
final class Landlock {
  private static final long CREATE_RULESET = 444;
  private static final long ADD_RULE = 445;
  private static final long RESTRICT_SELF = 446;

  private static final long ASK_VERSION = 1;
  private static final long PATH_BENEATH = 1;
  private static final int O_PATH_CLOEXEC = 0x200000 | 0x80000;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIRECTORY = 1 << 3;
  private static final long REMOVE_FILE = 1 << 5;
  private static final long MAKE_FILE = 1 << 8;
  private static final long TRUNCATE = 1 << 14;

  /** Rights to files that the kernel knows, by its version of Landlock, from 1 on. */
  private static final int[] FILE_RIGHTS = {13, 14, 15, 15, 16};

  /** From these versions on there are rules about TCP, and about what is reached beside files. */
  private static final int WITH_NETWORK = 4;

  private static final int WITH_SCOPES = 6;

  private static final long BIND_AND_CONNECT = 3;
  private static final long ABSTRACT_SOCKETS_AND_SIGNALS = 3;
  private static final int ATTRIBUTE_BYTES = 24;
  private static final int RULE_BYTES = 12;

  private static final MethodHandle OPEN = Linux.variadic("open", 2, INT, POINTER, INT);

  private Landlock() {}

  /** What is allowed below a path. */
  enum Use {
    /** To read files, and to run programs. */
    READ(READ_FILE | READ_DIRECTORY | EXECUTE),
    /** To have files of one's own. */
    OWN(READ_FILE | READ_DIRECTORY | WRITE_FILE | TRUNCATE | MAKE_FILE | REMOVE_FILE);

    private final long rights;

    Use(long rights) {
      this.rights = rights;
    }

    private long of(Path path, long known) {
      long here = Files.isDirectory(path) ? rights : rights & ~(READ_DIRECTORY | MAKE_FILE);
      return here & known & (Files.isDirectory(path) ? -1 : ~REMOVE_FILE);
    }
  }

  /** The version that the kernel has; 0 if it has none. */
  static int version() {
    try {
      return (int) SystemCall.of(CREATE_RULESET, 0, 0, ASK_VERSION);
    } catch (SystemCallException e) {
      return 0;
    }
  }

  /** Rules in the making. */
  static final class Rules implements AutoCloseable {
    private final int number;
    private final long known;

    Rules() throws IOException {
      int version = version();
      if (version < 1) {
        throw new UnsupportedHostException("This kernel has no Landlock.");
      }
      known = (1L << FILE_RIGHTS[Math.min(version, FILE_RIGHTS.length) - 1]) - 1;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
        attribute.set(LONG, 0, known);
        attribute.set(LONG, 8, version < WITH_NETWORK ? 0 : BIND_AND_CONNECT);
        attribute.set(LONG, 16, version < WITH_SCOPES ? 0 : ABSTRACT_SOCKETS_AND_SIGNALS);
        // An older kernel takes a longer attribute if what it does not know is zero.
        number = (int) SystemCall.of(CREATE_RULESET, attribute.address(), ATTRIBUTE_BYTES, 0);
      }
    }

    /** Allows something below a path; one that is not there needs no rule. */
    void allow(Path path, Use use) throws IOException {
      if (!Files.exists(path)) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(path.toString());
        int at =
            (int) Linux.call("open", state -> (int) OPEN.invokeExact(state, name, O_PATH_CLOEXEC));
        try {
          MemorySegment rule = arena.allocate(RULE_BYTES, Long.BYTES);
          rule.set(LONG, 0, use.of(path, known));
          rule.set(ValueLayout.JAVA_INT, 8, at);
          SystemCall.of(ADD_RULE, number, PATH_BENEATH, rule.address());
        } finally {
          DescriptorCalls.close(at);
        }
      }
    }

    /** Gives up all else for this thread, and what it starts. */
    void enter() throws SystemCallException {
      SystemCall.of(RESTRICT_SELF, number, 0, 0);
    }

    @Override
    public void close() {
      DescriptorCalls.close(number);
    }
  }
}
