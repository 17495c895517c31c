package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes the standard descriptors block, which Java's streams need: rsync, for one, starts its
 * remote shell with an output that does not. They are as they were after {@link #close}. For one
 * run.
 */
final class BlockingStdio implements AutoCloseable {
  private static final int GET_FLAGS = 3;
  private static final int SET_FLAGS = 4;
  private static final int NON_BLOCKING = TtyCalls.isMac() ? 0x4 : 0x800;
  private static final int DESCRIPTORS = 3;

  private record Changed(int descriptor, int flags) {}

  private final List<Changed> changed = new ArrayList<>();

  BlockingStdio() {
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
      int flags = TtyCalls.control(descriptor, GET_FLAGS, 0);
      if (flags >= 0 && (flags & NON_BLOCKING) != 0) {
        TtyCalls.control(descriptor, SET_FLAGS, flags & ~NON_BLOCKING);
        changed.add(new Changed(descriptor, flags));
      }
    }
  }

  @Override
  public void close() {
    changed.forEach(each -> TtyCalls.control(each.descriptor, SET_FLAGS, each.flags));
    changed.clear();
  }
}
