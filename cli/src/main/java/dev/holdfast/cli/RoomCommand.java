package dev.holdfast.cli;

import dev.holdfast.browser.RoomProcess;
import java.io.IOException;

/**
 * The confined process behind a browser window, which {@code holdfast open} starts; of no use to
 * anybody else, so no help tells of it.
 */
final class RoomCommand {
  static final String NAME = "confined-window";

  private RoomCommand() {}

  static int run() {
    try {
      RoomProcess.run();
      return 0;
    } catch (IOException | RuntimeException e) {
      System.err.println(Failures.oneLine(e));
      return Failures.FAILED;
    }
  }
}
