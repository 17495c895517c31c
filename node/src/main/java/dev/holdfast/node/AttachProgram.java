package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The program {@code holdfast-attach}, which reaches the named sessions of this machine's node: see
 * node/src/main/c/attach/attach.h. The launcher starts it without a JVM where it can.
 */
public final class AttachProgram {
  private static final String NAME = "holdfast-attach";

  private AttachProgram() {}

  /**
   * Becomes it.
   *
   * @param arguments those of {@code holdfast}
   * @throws IOException if that is not possible; otherwise there is no return
   */
  public static void become(List<String> arguments) throws IOException {
    Linux.require("Attaching to named sessions");
    int memory = Descriptors.file(NAME, program());
    MethodHandle execv = Linux.function("execv", INT, POINTER, POINTER);
    List<String> words = new ArrayList<>(List.of(NAME));
    words.addAll(arguments);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self/fd/" + memory);
      MemorySegment pointers = arena.allocate(POINTER, words.size() + 1L);
      for (int i = 0; i < words.size(); i++) {
        pointers.setAtIndex(POINTER, i, arena.allocateFrom(words.get(i)));
      }
      Linux.call("execv", state -> (int) execv.invokeExact(state, path, pointers));
    }
  }

  private static byte[] program() throws IOException {
    String architecture = System.getProperty("os.arch");
    String resource = "linux-" + architecture + "/" + NAME;
    try (InputStream program = AttachProgram.class.getResourceAsStream(resource)) {
      if (program == null) {
        throw new IOException(
            "This build of Holdfast has no %s for this machine (%s); build it where a C compiler is installed."
                .formatted(NAME, architecture));
      }
      return program.readAllBytes();
    }
  }
}
