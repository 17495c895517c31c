package dev.holdfast.link;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The sockets that systemd opened for this process before starting it (socket activation:
 * sd_listen_fds(3), systemd.socket(5)): descriptors from 3 on, told in the environment.
 *
 * <pre>
 *   LISTEN_PID=4711            whom they are for
 *   LISTEN_FDS=2               how many: 3 and 4
 *   LISTEN_FDNAMES=ssh:admin   their names, FileDescriptorName= of the socket units
 * </pre>
 *
 * <p>sd_listen_fds can remove the variables, so that programs started later don't take them for
 * theirs. A JVM can't change its environment; it is LISTEN_PID that protects them, and the
 * descriptors are closed in them. For the same reason {@link #take} gives everything once only. A
 * shell script that starts the JVM must {@code exec} it, as the process number would differ.
 */
public final class ListenDescriptors {
  /** Most descriptors that are taken; a service listens at a handful of addresses. */
  static final int MOST = 1024;

  private static final int FIRST = 3;
  private static final String UNKNOWN = "unknown";

  private static final AtomicBoolean TAKEN = new AtomicBoolean();

  private ListenDescriptors() {}

  /**
   * One of the descriptors.
   *
   * @param name its FileDescriptorName, else the unit's; "unknown" if systemd told none
   * @param descriptor the socket, ours to close
   */
  public record Named(String name, Descriptor descriptor) {}

  /**
   * All descriptors, in systemd's order, the first time that this is called; none if this process
   * wasn't started by socket activation, and none the second time.
   */
  public static List<Named> take() throws IOException {
    return TAKEN.getAndSet(true) ? List.of() : take(System.getenv(), ProcessHandle.current().pid());
  }

  static List<Named> take(Map<String, String> environment, long ownProcess) throws IOException {
    List<String> names = names(environment, ownProcess);
    if (!names.isEmpty()) {
      Linux.require("Socket activation");
    }
    List<Named> taken = new ArrayList<>();
    for (String name : names) {
      taken.add(new Named(name, inherited(FIRST + taken.size())));
    }
    return List.copyOf(taken);
  }

  private static Descriptor inherited(int number) throws IOException {
    try {
      return Descriptor.inherited(number);
    } catch (SystemCallException e) {
      throw new IOException(
          "LISTEN_FDS announces descriptor %d, but it is not open: %s. Was it closed by a script?"
              .formatted(number, e.getMessage()),
          e);
    }
  }

  /** The names of the descriptors that are for {@code ownProcess}, one each. */
  static List<String> names(Map<String, String> environment, long ownProcess) throws IOException {
    String process = environment.get("LISTEN_PID");
    String count = environment.get("LISTEN_FDS");
    if (process == null || count == null || number("LISTEN_PID", process) != ownProcess) {
      return List.of();
    }
    long descriptors = number("LISTEN_FDS", count);
    if (descriptors < 0 || descriptors > MOST) {
      throw new IOException(
          "LISTEN_FDS=%s is out of range; at most %d sockets are taken.".formatted(count, MOST));
    }
    String names = environment.get("LISTEN_FDNAMES");
    if (names == null || descriptors == 0) {
      return Collections.nCopies((int) descriptors, UNKNOWN);
    }
    List<String> told = List.of(names.split(":", -1));
    if (told.size() != descriptors) {
      throw new IOException(
          "LISTEN_FDNAMES=%s does not have the %s names that LISTEN_FDS announces."
              .formatted(names, count));
    }
    return told;
  }

  private static long number(String variable, String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("%s=%s is not a number.".formatted(variable, text), e);
    }
  }
}
