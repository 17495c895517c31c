package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Output;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One way out of a process: from its descriptor straight into the client's packets, as long as
 * there is something to read and room to write. Confined to the loop.
 */
final class ProcessOutput {
  /** Packets of one process before others have their turn. */
  private static final int MOST_PACKETS = 16;

  /** A read that gave as much as this is worth another one for the same packet. */
  private static final int WORTH_MORE = 2048;

  private static final Logger log = LoggerFactory.getLogger(ProcessOutput.class);

  private final int descriptor;
  private final Output way;
  private final ClientEnd client;
  private final DescriptorCalls calls = new DescriptorCalls();
  private boolean readable;
  private boolean ended;

  /** The outcome of {@link #pump}. */
  enum Pumped {
    /** Nothing to read now, or nothing ever. */
    DRY,
    /** There may be more to read; the client is full and will say when it is not. */
    FULL,
    /** There may be more to read; call again after the others. */
    MORE
  }

  ProcessOutput(int descriptor, Output way, ClientEnd client) {
    this.descriptor = descriptor;
    this.way = way;
    this.client = client;
  }

  int descriptor() {
    return descriptor;
  }

  /** There may be something to read. */
  void ready() {
    readable = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Carries what there is. */
  Pumped pump() {
    try {
      for (int i = 0; i < MOST_PACKETS && readable && !ended; i++) {
        int count = client.write(way, this::read);
        if (count == ClientEnd.NO_ROOM) {
          return Pumped.FULL;
        }
        ended |= count < 0;
      }
    } catch (IOException e) {
      log.debug("output of a process: {}", e.getMessage());
      ended = true;
    }
    return readable && !ended ? Pumped.MORE : Pumped.DRY;
  }

  private int read(byte[] target, int offset, int length) throws IOException {
    int got = 0;
    while (got < length) {
      int count = calls.read(descriptor, target, offset + got, length - got);
      if (count == 0) {
        readable = false;
        return got;
      }
      if (count == DescriptorCalls.END) {
        return endAfter(got);
      }
      got += count;
      if (count < WORTH_MORE) {
        return got;
      }
    }
    return got;
  }

  /** The end is told by the next read if there was something before it. */
  private static int endAfter(int got) {
    return got > 0 ? got : DescriptorCalls.END;
  }
}
