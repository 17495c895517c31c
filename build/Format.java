import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks that every Java file of the repository is as google-java-format writes it, or rewrites
 * them: {@code Format check|fix ROOT}. Maven runs it on JDK 25, since the formatter does not run on
 * every JVM that Maven itself runs on.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 2 || !(args[0].equals("check") || args[0].equals("fix"))) {
      System.err.println("usage: Format check|fix ROOT");
      System.exit(2);
    }
    System.exit(args[0].equals("fix") ? fix(Path.of(args[1])) : check(Path.of(args[1])));
  }

  private static int fix(Path root) throws Exception {
    return run(List.of("--replace"), javaFiles(root), new StringWriter());
  }

  private static int check(Path root) throws Exception {
    StringWriter unformatted = new StringWriter();
    int status = run(List.of("--dry-run", "--set-exit-if-changed"), javaFiles(root), unformatted);
    if (status != 0) {
      System.err.print(unformatted);
      System.err.println("These files are not formatted; run: ./mvnw -q -N verify -Dformat=fix");
    }
    return status;
  }

  private static int run(List<String> options, List<String> files, StringWriter out)
      throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(files);
    PrintWriter err = new PrintWriter(System.err, true);
    return new Main(new PrintWriter(out, true), err, System.in)
        .format(arguments.toArray(String[]::new));
  }

  private static List<String> javaFiles(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.toString().contains("/target/"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }
}
