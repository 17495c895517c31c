package dev.holdfast.client;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The command line that this process was started by, for another of the same program. */
public final class OwnCommand {
  private static final Path CMDLINE = Path.of("/proc/self/cmdline");
  private static final Charset NATIVE =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private OwnCommand() {}

  /**
   * Its words, the program's absolute path first.
   *
   * @throws IOException if this system does not tell
   */
  public static List<String> words() throws IOException {
    ProcessHandle.Info own = ProcessHandle.current().info();
    Optional<List<String>> arguments = arguments(own);
    if (own.command().isEmpty() || arguments.isEmpty()) {
      throw new IOException("This system does not tell how holdfast was started.");
    }
    List<String> words = new ArrayList<>();
    words.add(own.command().get());
    words.addAll(arguments.get());
    return words;
  }

  /** On Linux the JDK tells none of a line that is longer than a page of memory. */
  private static Optional<List<String>> arguments(ProcessHandle.Info own) throws IOException {
    if (!Files.isReadable(CMDLINE)) {
      return own.arguments().map(List::of);
    }
    String[] words = new String(Files.readAllBytes(CMDLINE), NATIVE).split("\0", -1);
    return words.length < 2
        ? Optional.empty()
        : Optional.of(List.of(Arrays.copyOfRange(words, 1, words.length - 1)));
  }
}
