package dev.holdfast.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code holdfast-session} tells of the shell that it watches for PAM, in messages of five
 * bytes:
 *
 * <pre>
 *   'P' | int32 process of the shell
 *   'W' | int32 how it ended, waitpid(2)
 * </pre>
 *
 * <p>Numbers are in the machine's order. Without PAM there is none. Confined to the loop.
 */
final class ProcessReport {
  private static final int MESSAGE = 5;

  private static final Logger log = LoggerFactory.getLogger(ProcessReport.class);

  private final int descriptor;
  private final DescriptorCalls calls = new DescriptorCalls();
  private final byte[] message = new byte[MESSAGE];
  private int filled;
  private int process;
  private @Nullable WaitStatus status;

  ProcessReport(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Takes in what there is. */
  void read() {
    try {
      while (descriptor >= 0) {
        int count = calls.read(descriptor, message, filled, MESSAGE - filled);
        if (count <= 0) {
          return;
        }
        filled += count;
        if (filled == MESSAGE) {
          filled = 0;
          take();
        }
      }
    } catch (IOException e) {
      log.debug("report: {}", e.getMessage());
    }
  }

  private void take() {
    int number = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).getInt(1);
    switch (message[0]) {
      case 'P' -> process = number;
      case 'W' -> status = new WaitStatus(number);
      default -> log.warn("unknown report {}", message[0]);
    }
  }

  /** The shell's process; 0 if it is not known. */
  int process() {
    return process;
  }

  /** How the shell ended, else {@code other}: that of whoever should have told. */
  WaitStatus statusOr(WaitStatus other) {
    WaitStatus told = status;
    return told == null ? other : told;
  }
}
