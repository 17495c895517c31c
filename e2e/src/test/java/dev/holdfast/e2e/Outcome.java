package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a program left behind when it ended.
 *
 * @param status its exit status; 128 + signal if it was killed
 * @param output its standard output as UTF-8, empty if that went to a file
 * @param errors its standard error
 */
record Outcome(Command command, int status, String output, String errors) {
  /** Fails unless the status is 0. */
  Outcome ok() {
    return exited(0);
  }

  Outcome exited(int expected) {
    assertThat(status)
        .as(() -> "exit status of: " + command + "\nstdout: " + output + "\nstderr: " + errors)
        .isEqualTo(expected);
    return this;
  }
}
