package dev.holdfast.ssh;

import java.util.Map;

/**
 * The pty that a client asks for (RFC 4254 6.2).
 *
 * @param term the value of TERM, such as "xterm-256color"; may be empty
 * @param size of the client's window
 * @param modes the encoded terminal modes (RFC 4254 8), by opcode, in the client's order
 */
public record Pty(String term, WindowSize size, Map<Integer, Long> modes) {}
