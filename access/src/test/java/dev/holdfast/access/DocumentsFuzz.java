package dev.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Fuzz target: a file of roles, users and tokens. */
public final class DocumentsFuzz {
  private DocumentsFuzz() {}

  /** Fails if anything but a sentence with the file's name comes of what is wrong. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    try {
      Documents.read(new String(bytes, UTF_8), "f.yaml");
    } catch (InvalidRecordException e) {
      if (!e.sentence().startsWith("f.yaml:")) {
        throw new AssertionError("without its place: " + e.sentence(), e);
      }
    }
  }
}
