/**
 * A terminal without a window: what a screen shows after the bytes that a program wrote, and the
 * bytes that make another terminal show the same. Pure: bytes in, bytes and values out.
 */
@NullMarked
package dev.holdfast.terminal;

import org.jspecify.annotations.NullMarked;
