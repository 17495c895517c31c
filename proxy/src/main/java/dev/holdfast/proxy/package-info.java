/** The service between users and nodes: routes, reverse tunnels, relays. */
@NullMarked
package dev.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
