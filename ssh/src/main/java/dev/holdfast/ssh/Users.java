package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Optional;

/** The accounts of this machine. Thread-safe. */
public interface Users {
  /**
   * The account of that name. May ask the network, and block.
   *
   * @throws IOException if the databases did not answer: nobody knows whether there is one
   */
  Optional<User> find(String name) throws IOException;
}
