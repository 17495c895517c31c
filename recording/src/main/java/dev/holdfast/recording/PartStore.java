package dev.holdfast.recording;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the parts of recordings are kept: a directory, an object store, or the auth service that
 * has one. Thread-safe; may block. What fails is an IOException with a sentence.
 */
public interface PartStore {
  /**
   * Keeps a part durably: when this returns, it is there also after a loss of power. The same part
   * with the same bytes again changes nothing; with others it fails.
   *
   * @param recording its name: 32 small hexadecimal digits
   * @param index 0 for the first part
   */
  void put(String recording, int index, byte[] part) throws IOException;

  /** The part, if it is there. */
  Optional<byte[]> get(String recording, int index) throws IOException;

  /** The indexes of a recording's parts that are there, in order. */
  List<Integer> parts(String recording) throws IOException;

  /** The names of all recordings of which a part is there, in no order. */
  List<String> recordings() throws IOException;

  /** Removes a recording, whatever of it is there. */
  void delete(String recording) throws IOException;

  /** Tells of whom a recording is, before its first part; only stores with a list of them care. */
  default void begin(String recording, Subject subject) throws IOException {}

  /** Says that the last part was put; only stores with a list care. */
  default void complete(String recording) throws IOException {}

  /**
   * Whose session is recorded.
   *
   * @param user of the cluster; empty if there is none
   * @param login the account
   * @param session what the session is called in audit events; may be empty
   * @param node on which it ran, by the word of who recorded it; may be empty
   */
  record Subject(String user, String login, String session, Instant started, String node) {
    /** On the machine that records it. */
    public Subject(String user, String login, String session, Instant started) {
      this(user, login, session, started, "");
    }
  }
}
