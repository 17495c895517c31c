package dev.holdfast.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A temporary directory that goes when this process does, however that ends: a shell beside it
 * waits for the end of a pipe, and removes it then. A program that was named to it ends as well,
 * and the one that this has started, which would else wait for a server that is gone. Confined to
 * one thread.
 */
final class PassingDirectory implements Closeable {
  private static final String SWEEPER =
      """
      trap '' HUP INT TERM
      program=
      while read -r line; do program=$line; done
      [ -z "$program" ] || kill "$program"
      [ -z "$program" ] || ! read -r helper <"$1/helper" || kill -KILL "$helper"
      rm -rf -- "$1"
      """;

  /** Says which process it is, and becomes the command. */
  private static final String HELPER = "echo $$ >\"$0\"; exec \"$@\"";

  /** Time for it to be removed. */
  private static final long PATIENCE_SECONDS = 10;

  private final Path path;
  private final Process sweeper;

  private PassingDirectory(Path path, Process sweeper) {
    this.path = path;
    this.sweeper = sweeper;
  }

  static PassingDirectory open(String prefix) throws IOException {
    Path path = Files.createTempDirectory(prefix);
    try {
      Process sweeper =
          new ProcessBuilder("sh", "-c", SWEEPER, prefix, path.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new PassingDirectory(path, sweeper);
    } catch (IOException e) {
      Files.delete(path);
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** If this process ends, that program does. */
  void endToo(Process program) throws IOException {
    tell(Long.toString(program.pid()));
  }

  /**
   * Has the command {@code words} be the helper of that program.
   *
   * @return words of a command in its place
   */
  List<String> helping(List<String> words) {
    List<String> all = new ArrayList<>(List.of("sh", "-c", HELPER));
    all.add(path.resolve("helper").toString());
    all.addAll(words);
    return all;
  }

  /** The program has ended by itself, and its helper with it. */
  void hasEnded() throws IOException {
    tell("");
  }

  private void tell(String line) throws IOException {
    OutputStream out = sweeper.getOutputStream();
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    sweeper.getOutputStream().close();
    try {
      if (!sweeper.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("%s was not removed in time; remove it.".formatted(path));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
