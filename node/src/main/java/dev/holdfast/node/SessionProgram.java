package dev.holdfast.node;

import dev.holdfast.link.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The program {@code holdfast-session}, which becomes the login user: see
 * node/src/main/c/session.h.
 *
 * <p>It is carried with our classes and run from an anonymous file in memory, so that nobody can
 * put another in its place, no file system has to permit programs, and a version that runs is not
 * changed by an upgrade. Thread-safe.
 */
final class SessionProgram {
  private static final String NAME = "holdfast-session";

  private final String file;
  private final Map<String, String> environment;

  private SessionProgram(String file) {
    this.file = file;
    String zone = System.getenv("TZ");
    environment = zone == null ? Map.of() : Map.of("TZ", zone);
  }

  /** The program for this machine. */
  static SessionProgram load() throws IOException {
    Linux.require("Running sessions");
    String resource = "linux-" + System.getProperty("os.arch") + "/" + NAME;
    try (InputStream program = SessionProgram.class.getResourceAsStream(resource)) {
      if (program == null) {
        throw new IOException(
            "This build of Holdfast has no "
                + NAME
                + " for this machine ("
                + System.getProperty("os.arch")
                + "); build it where a C compiler is installed.");
      }
      // Open for as long as we run: each start goes through it.
      int memory = Descriptors.file(NAME, program.readAllBytes());
      return new SessionProgram("/proc/self/fd/" + memory);
    }
  }

  /**
   * Starts it.
   *
   * @param request what it is to do
   * @param stdio its descriptors 0, 1 and 2; they may be closed afterwards
   * @param report its end of the report's pipe; negative if there is none
   */
  int start(SessionOrder request, List<Integer> stdio, int report) throws IOException {
    int order = Descriptors.file("request", request.bytes());
    try {
      List<Integer> descriptors = new ArrayList<>(stdio);
      descriptors.add(order);
      if (report >= 0) {
        descriptors.add(report);
      }
      return Processes.spawn(file, NAME, environment, descriptors);
    } finally {
      Descriptors.close(order);
    }
  }
}
