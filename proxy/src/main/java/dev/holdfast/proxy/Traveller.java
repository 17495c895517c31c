package dev.holdfast.proxy;

import java.net.InetSocketAddress;

/**
 * Who is led to a node.
 *
 * @param from where he is
 * @param hasTicket whether he came by a ticket: then his hello is there, and the node need not ask
 *     itself whether he waits for it to speak
 */
record Traveller(InetSocketAddress from, boolean hasTicket) {}
