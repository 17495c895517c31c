package dev.holdfast.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The terminal that this process belongs to, if any. */
final class Terminal {
  private Terminal() {}

  /**
   * Whether standard error goes to a terminal: isatty(3). Where that can't be asked, it does not.
   */
  @SuppressWarnings("restricted")
  static boolean isStandardError() {
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor shape = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      MethodHandle isatty =
          linker.downcallHandle(linker.defaultLookup().find("isatty").orElseThrow(), shape);
      return (int) isatty.invokeExact(2) == 1;
    } catch (Throwable e) {
      return false;
    }
  }

  /** Sends control sequences to the terminal, past any redirection; tells whether there is one. */
  static boolean control(String sequences) {
    try (FileOutputStream terminal = new FileOutputStream("/dev/tty")) {
      terminal.write(sequences.getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
