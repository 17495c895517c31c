package dev.holdfast.bench;

import java.util.List;

/** How a client reaches an SSH server. */
interface SshReach {
  /** Its name in tables. */
  String label();

  /** Returns the command of a client, to be followed by options, {@link #host} and a command. */
  List<String> client(String... options);

  static String host() {
    return "127.0.0.1";
  }
}
