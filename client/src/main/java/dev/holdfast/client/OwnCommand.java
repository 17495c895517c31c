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

  /** The option that names what the JDK has kept of a run before. */
  private static final String CACHE = "-XX:AOTCache=";

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

  /** The same program's with other arguments behind the class that it begins with. */
  public static List<String> words(String main, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    for (String each : words()) {
      words.add(each);
      if (each.equals(main)) {
        break;
      }
    }
    words.addAll(List.of(arguments));
    return words;
  }

  /** Files that another process of the same program reads: Java's, the classes, and options'. */
  public static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    for (String each :
        System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      files.add(Path.of(each).toAbsolutePath());
    }
    for (String word : words()) {
      int named = word.startsWith("@") ? 1 : word.indexOf('=') + 1;
      if (named == 1 || word.startsWith(CACHE)) {
        files.add(Path.of(word.substring(named)));
      }
    }
    return files;
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
