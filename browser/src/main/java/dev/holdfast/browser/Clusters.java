package dev.holdfast.browser;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * The clusters that this user is logged in to, with his own certificate and no right besides. What
 * fails does so with a sentence for him. Thread-safe.
 */
public interface Clusters {
  /** There are none. */
  Clusters NONE =
      new Clusters() {
        @Override
        public List<Map<String, Object>> list() {
          return List.of();
        }

        @Override
        public String call(String cluster, String method, String params) throws IOException {
          throw none();
        }

        @Override
        public void cast(String cluster, String recording, boolean plain, OutputStream out)
            throws IOException {
          throw none();
        }

        @Override
        public void follow(String cluster, String recording, Listener listener) throws IOException {
          throw none();
        }

        @Override
        public void events(String cluster, String query, Listener listener) throws IOException {
          throw none();
        }

        private static IOException none() {
          return new IOException("You are not logged in to a cluster.");
        }
      };

  /** What is told line by line. */
  interface Listener {
    /** The next line, without its end. */
    void line(String line) throws IOException;

    /** Nothing has happened for a while; fails if nobody listens any more. */
    void still() throws IOException;
  }

  /** Their names and whose they are, as JSON has it; the one that is meant without a name first. */
  List<Map<String, Object>> list() throws IOException;

  /**
   * The answer of a call of the API.
   *
   * @param params JSON
   * @return JSON
   */
  String call(String cluster, String method, String params) throws IOException;

  /**
   * Writes a recording as asciicast.
   *
   * @param plain without marks of what is wrong with it
   */
  void cast(String cluster, String recording, boolean plain, OutputStream out) throws IOException;

  /** Tells a recording as lines of asciicast, as they come, until its end. */
  void follow(String cluster, String recording, Listener listener) throws IOException;

  /**
   * Tells each audit event from now on.
   *
   * @param query JSON, as of {@code audit.follow}
   */
  void events(String cluster, String query, Listener listener)
      throws IOException, InterruptedException;
}
