package dev.holdfast.terminal;

/**
 * What one cell shows, for those who compare or draw.
 *
 * @param text its character with its marks; empty if the cell is blank, or the second of a wide one
 * @param width cells that it takes; 0 for the second of a wide one
 * @param rendition what SGR would be given for its style, such as {@code 0;1;31}; empty for the
 *     default
 */
public record Cell(String text, int width, String rendition) {}
