package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import dev.holdfast.ssh.Certifiers;
import dev.holdfast.ssh.Entrances;
import java.util.function.Consumer;

/**
 * Who decides about those who come to a node, beside the node's own settings.
 *
 * @param certifiers whose certificates log in
 * @param entrances decides about who has logged in
 * @param streams is told what happens to the streams of those who are in
 */
record NodeDoor(Certifiers certifiers, Entrances entrances, Consumer<GateEvent> streams) {
  /** Nobody. */
  static final NodeDoor OPEN = new NodeDoor(Certifiers.NONE, Entrances.OPEN, event -> {});
}
