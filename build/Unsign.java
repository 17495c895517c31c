import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Rewrites signed jars without their signatures: {@code Unsign JAR...}. Maven has compared the jars
 * with their checksums; the JDK would check each class again at every start, which takes longer
 * than the rest of the start, and keeps no class of a signed jar in its AOT cache.
 */
final class Unsign {
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

  private Unsign() {}

  public static void main(String[] args) throws IOException {
    for (String jar : args) {
      if (isSigned(jar)) {
        rewrite(jar);
      }
    }
  }

  private static boolean isSigned(String jar) throws IOException {
    try (JarFile file = new JarFile(jar)) {
      return file.stream().anyMatch(entry -> SIGNATURE.matcher(entry.getName()).matches());
    }
  }

  private static void rewrite(String jar) throws IOException {
    Path rewritten = Path.of(jar + ".new");
    try (JarFile from = new JarFile(jar)) {
      Manifest manifest = new Manifest(from.getManifest());
      manifest.getEntries().clear();
      try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(rewritten), manifest)) {
        for (JarEntry entry : (Iterable<JarEntry>) from.stream()::iterator) {
          copy(from, entry, to);
        }
      }
    }
    Files.move(rewritten, Path.of(jar), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(JarFile from, JarEntry entry, JarOutputStream to) throws IOException {
    String name = entry.getName();
    if (name.equals(JarFile.MANIFEST_NAME) || SIGNATURE.matcher(name).matches()) {
      return;
    }
    JarEntry copied = new JarEntry(name);
    copied.setTime(entry.getTime());
    to.putNextEntry(copied);
    from.getInputStream(entry).transferTo(to);
    to.closeEntry();
  }
}
