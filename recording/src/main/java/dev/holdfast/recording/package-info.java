/** Recordings of sessions: their format, how they are checked, played and exported. */
@NullMarked
package dev.holdfast.recording;

import org.jspecify.annotations.NullMarked;
