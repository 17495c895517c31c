package dev.holdfast.ssh;

import java.net.SocketAddress;

/**
 * Who is, or wants to be, logged in to a server.
 *
 * @param user the name that the client gave
 * @param from the client's address
 */
public record Login(String user, SocketAddress from) {}
