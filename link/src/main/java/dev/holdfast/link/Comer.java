package dev.holdfast.link;

import dev.holdfast.stream.StreamId;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client that wants a stream which is not kept here, on its way to the process that keeps it.
 *
 * @param client its connection, which no loop watches
 * @param version of resume
 * @param id the stream's name
 * @param said as in {@link PassMessage.Comeback}
 */
record Comer(SocketChannel client, int version, StreamId id, ByteBuffer said) {}
