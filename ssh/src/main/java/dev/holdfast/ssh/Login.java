package dev.holdfast.ssh;

import java.net.SocketAddress;

/**
 * Who is, or wants to be, logged in to a server.
 *
 * @param user the name that the client gave
 * @param from the address from which the client came when the connection began
 */
public record Login(String user, SocketAddress from) {}
