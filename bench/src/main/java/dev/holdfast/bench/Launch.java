package dev.holdfast.bench;

/**
 * Prints what {@code bench/run} needs in order to start the bench: this JDK's java, the class path.
 */
final class Launch {
  private Launch() {}

  public static void main(String[] args) {
    System.out.println(System.getProperty("java.home") + "/bin/java");
    System.out.println(System.getProperty("java.class.path"));
  }
}
