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

        @Override
        public Guest join(String cluster, Wish wish) throws IOException {
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

  /**
   * Somebody's live session that is to be joined.
   *
   * @param session its ID
   * @param observes whether only to look
   * @param columns of the terminal in which it is shown
   * @param rows of it
   */
  record Wish(String session, boolean observes, int columns, int rows) {}

  /** A live session that a page has joined; closed, the page has left. Thread-safe. */
  interface Guest extends AutoCloseable {
    /** Tells what its terminal shows, in lines of base64, until it ends or this is closed. */
    void watch(Listener listener) throws IOException, InterruptedException;

    /** Types. */
    void type(byte[] keys) throws IOException;

    @Override
    void close();
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

  /** Joins a live session. */
  Guest join(String cluster, Wish wish) throws IOException;
}
