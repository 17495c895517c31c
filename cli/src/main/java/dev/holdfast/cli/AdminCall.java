package dev.holdfast.cli;

import dev.holdfast.auth.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The frame of a command of {@code holdfast admin}: it finds the API, calls it, and says what came
 * of it.
 */
abstract class AdminCall implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ApiAccess access;

  /** What the command does; what throws is told as its failure. */
  abstract void call(ApiClient api) throws IOException;

  @Override
  public final Integer call() throws IOException {
    try (ApiClient api = access.open()) {
      call(api);
    }
    out().flush();
    return 0;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** A sentence on standard output. */
  final void say(String format, Object... values) {
    print(spec, format, values);
  }

  /** A sentence beside the output, for the person. */
  final void sayBeside(String format, Object... values) {
    spec.commandLine().getErr().printf(format + "%n", values);
  }

  /** A sentence on a command's standard output. */
  static void print(CommandSpec spec, String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(format + "%n", values);
    out.flush();
  }
}
