import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lets Jazzer look for inputs that break a fuzz target, and keeps what it finds worth keeping:
 * {@code Fuzz TARGET SECONDS}, in a module's directory, with the module's tests on the class path.
 * Modules without a corpus for the target are passed over.
 */
final class Fuzz {
  private Fuzz() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String target = arguments[0];
    Path module = Path.of("").toAbsolutePath();
    Path corpus = module.resolve("src/test/fuzz").resolve(target);
    if (!Files.isDirectory(corpus)) {
      return;
    }
    Process jazzer =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "com.code_intelligence.jazzer.Jazzer",
                    "--target_class=dev.holdfast." + module.getFileName() + "." + target,
                    "--instrumentation_includes=dev.holdfast.**",
                    "-max_total_time=" + arguments[1],
                    "-rss_limit_mb=2048",
                    "-print_final_stats=1",
                    corpus.toString()))
            .directory(module.resolve("target").toFile())
            .inheritIO()
            .start();
    System.exit(jazzer.waitFor());
  }
}
