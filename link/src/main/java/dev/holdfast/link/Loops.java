package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The loops of a gate; each of its connections lives on one of them. Thread-safe. */
final class Loops implements Closeable {
  private final List<Loop> loops = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  /** What is done while every loop stands still. */
  interface Task {
    void run() throws IOException;
  }

  private Loops() {}

  /** So many loops, which run. */
  static Loops start(int count, Loop.Faults faults) throws IOException {
    Loops started = new Loops();
    try {
      for (int i = 0; i < count; i++) {
        started.loops.add(Loop.start("gate-" + i, faults));
      }
      return started;
    } catch (IOException e) {
      started.close();
      throw e;
    }
  }

  /** The one for what there is once. */
  Loop first() {
    return loops.getFirst();
  }

  /** The one whose turn it is to get a connection. */
  Loop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  /** Runs {@code task} while all stand still. They go on if it failed, and end if it did not. */
  void endWith(Task task) throws IOException, InterruptedException {
    List<Loop.Pause> pauses = new ArrayList<>();
    try {
      for (Loop loop : loops) {
        pauses.add(loop.pause());
      }
      task.run();
      loops.forEach(Loop::end);
    } finally {
      pauses.forEach(Loop.Pause::end);
    }
  }

  @Override
  public void close() {
    loops.forEach(Loop::close);
  }
}
