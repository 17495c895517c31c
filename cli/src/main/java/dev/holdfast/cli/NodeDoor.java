package dev.holdfast.cli;

import dev.holdfast.ssh.Certifiers;
import dev.holdfast.ssh.Entrances;

/**
 * Who decides about those who come to a node, beside the node's own settings.
 *
 * @param certifiers whose certificates log in
 * @param entrances decides about who has logged in
 */
record NodeDoor(Certifiers certifiers, Entrances entrances) {
  /** Nobody. */
  static final NodeDoor OPEN = new NodeDoor(Certifiers.NONE, Entrances.OPEN);
}
