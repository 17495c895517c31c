/**
 * The resumable byte stream: frames, offsets, rings and handshakes. Pure: bytes, values and time
 * in; bytes and values out.
 */
@NullMarked
package dev.holdfast.stream;

import org.jspecify.annotations.NullMarked;
