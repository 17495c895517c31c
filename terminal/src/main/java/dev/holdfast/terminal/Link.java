package dev.holdfast.terminal;

/**
 * Where a cell leads when it is clicked: OSC 8.
 *
 * @param parameters as the program gave them, such as {@code id=1}; printable ASCII
 * @param uri printable ASCII, not empty
 */
record Link(String parameters, String uri) {}
