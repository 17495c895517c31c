import static java.lang.classfile.ClassFile.JAVA_25_VERSION;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Rewrites a jar whose classes are older than Java 6 so that they carry stack maps: {@code Reframe
 * JAR}. The JDK keeps only such classes in its AOT cache, and picocli is compiled for Java 5; with
 * it in the cache the command starts in half the time. Code and names stay as they are.
 */
final class Reframe {
  /** The first class file version that has stack maps. */
  private static final int STACK_MAPS = ClassFile.JAVA_6_VERSION;

  private Reframe() {}

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Path rewritten = Path.of(args[0] + ".new");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        JarFile from = new JarFile(jar.toFile());
        JarOutputStream to = new JarOutputStream(Files.newOutputStream(rewritten))) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)));
      for (JarEntry entry : (Iterable<JarEntry>) from.stream()::iterator) {
        copy(classFile, entry, from.getInputStream(entry).readAllBytes(), to);
      }
    }
    Files.move(rewritten, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(ClassFile classFile, JarEntry entry, byte[] bytes, JarOutputStream to)
      throws IOException {
    JarEntry copied = new JarEntry(entry.getName());
    copied.setTime(entry.getTime());
    to.putNextEntry(copied);
    to.write(entry.getName().endsWith(".class") ? reframe(classFile, bytes) : bytes);
    to.closeEntry();
  }

  private static byte[] reframe(ClassFile classFile, byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.majorVersion() >= STACK_MAPS) {
      return bytes;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(JAVA_25_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    return classFile.transformClass(
        model, version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }
}
