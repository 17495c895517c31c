package dev.holdfast.forward;

import dev.holdfast.link.Duplex;
import dev.holdfast.link.DuplexAround;

/**
 * A server's bytes as a monitor hands them on.
 *
 * @param outlivesLinks whether the monitor's stream goes on when its links are lost
 */
record MonitoredStream(Duplex inner, boolean outlivesLinks) implements DuplexAround {}
