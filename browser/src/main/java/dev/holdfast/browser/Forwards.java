package dev.holdfast.browser;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The user's forwards, which another process keeps; an edge. Thread-safe. */
public interface Forwards {
  /** How it stands with each, by the names that {@code holdfast forward ls --format json} has. */
  List<Map<String, Object>> list() throws IOException;

  /**
   * A forward to an app of a server, new or not.
   *
   * @param server as ssh knows it
   * @param app {@code host:port} as the server sees it
   * @return where it listens, as {@code http://localhost:PORT}
   * @throws IOException with a sentence for the person
   */
  URI lead(String server, String app) throws IOException;

  /** Removes the forward of that number. */
  void remove(long id) throws IOException;
}
