package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory that is deleted with all that is in it. */
record Scratch(java.nio.file.Path directory) {

  static Scratch make() throws IOException {
    return new Scratch(Files.createTempDirectory("holdfast-bench-"));
  }

  void delete() throws IOException {
    List<java.nio.file.Path> deepestFirst;
    try (Stream<java.nio.file.Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (java.nio.file.Path each : deepestFirst) {
      Files.deleteIfExists(each);
    }
  }
}
