package dev.holdfast.node;

import dev.holdfast.terminal.Size;
import java.time.Duration;

/**
 * A named session as lists show it.
 *
 * @param attached clients that are
 * @param idle since the program wrote or a client came
 * @param title what the program has set; may be empty
 */
public record NamedSessionState(
    String user, String name, int attached, Duration idle, Size size, String title) {}
