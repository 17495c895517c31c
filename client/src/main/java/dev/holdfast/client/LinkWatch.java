package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import java.util.function.Consumer;

/** Who tells the person how links are; an edge. */
public interface LinkWatch {
  /** Of links of which nobody needs to hear. */
  LinkWatch SILENT = (to, quiet, verbose) -> event -> {};

  /**
   * Hears what happens to the links to a server.
   *
   * @param quiet whether nothing is to be told
   * @param verbose whether everything is
   */
  Consumer<ClientEvent> of(Destination to, boolean quiet, boolean verbose);
}
