package dev.holdfast.bench;

import java.util.List;

/**
 * A contender: a way from a client to the server, as what stands between them and how the client
 * dials it. Everything that it names is started as a process of its own, so that its CPU and memory
 * can be told apart.
 */
interface Path {

  /** Returns its name in tables and on the command line: lower case, words joined by dashes. */
  String label();

  /**
   * Returns the command of the process that stands between: it listens on one port of loopback and
   * carries what connects there to the other one. Empty if nothing stands between.
   *
   * @param scratch a directory of its own, deleted afterwards
   */
  List<String> between(int listenPort, int serverPort, java.nio.file.Path scratch);

  /** Returns the words that make the client process dial this way; see {@link Dialer#named}. */
  List<String> dialer();

  /** Says whether a connection survives the links that carry it. */
  boolean resumes();
}
