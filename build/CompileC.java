import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compiles a directory of C files into one program of this machine's system and architecture:
 * {@code CompileC SOURCES TARGET NAME} makes {@code TARGET/linux-amd64/NAME}. The compiler is
 * {@code cc}, or what the variable CC names. Where there is none, or the system is another than
 * Linux, it says what is then missing and goes on.
 */
final class CompileC {
  private static final List<String> OPTIONS =
      List.of(
          "-std=gnu17",
          "-O2",
          "-Wall",
          "-Wextra",
          "-Werror",
          "-Wformat-security",
          "-fstack-protector-strong",
          "-U_FORTIFY_SOURCE",
          "-D_FORTIFY_SOURCE=2",
          "-fPIE",
          "-pie",
          "-s",
          "-Wl,-z,relro,-z,now,-z,noexecstack");

  private CompileC() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path sources = Path.of(arguments[0]);
    String system = System.getProperty("os.name");
    Path target = Path.of(arguments[1], "linux-" + System.getProperty("os.arch"), arguments[2]);
    if (!system.equals("Linux")) {
      System.err.println("NOTE: " + arguments[2] + " is for Linux and was not built on " + system);
      return;
    }
    List<Path> files = files(sources);
    if (!isUpToDate(target, files)) {
      compile(files, target);
    }
  }

  private static List<Path> files(Path sources) throws IOException {
    try (Stream<Path> files = Files.list(sources)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static boolean isUpToDate(Path target, List<Path> files) throws IOException {
    if (!Files.exists(target)) {
      return false;
    }
    FileTime built = Files.getLastModifiedTime(target);
    for (Path file : files) {
      if (Files.getLastModifiedTime(file).compareTo(built) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static void compile(List<Path> files, Path target)
      throws IOException, InterruptedException {
    Files.createDirectories(target.getParent());
    List<String> line = new ArrayList<>();
    line.add(System.getenv().getOrDefault("CC", "cc"));
    line.addAll(OPTIONS);
    line.addAll(List.of("-o", target.toString()));
    files.stream().map(Path::toString).filter(name -> name.endsWith(".c")).forEach(line::add);
    line.add("-ldl");
    Process compiler;
    try {
      compiler = new ProcessBuilder(line).inheritIO().start();
    } catch (IOException e) {
      System.err.println(
          "NOTE: no C compiler ("
              + line.getFirst()
              + "), so this build has no "
              + target.getFileName()
              + ", without which it runs no sessions or reaches none; install gcc and libc6-dev, or"
              + " set CC");
      return;
    }
    if (compiler.waitFor() != 0) {
      System.err.println("ERROR: " + String.join(" ", line));
      System.exit(1);
    }
  }
}
