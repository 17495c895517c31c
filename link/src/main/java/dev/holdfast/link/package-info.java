/**
 * Carries streams over connections: detects the first bytes, dials, accepts, probes, reconnects,
 * splices, and hands over between processes.
 */
@NullMarked
package dev.holdfast.link;

import org.jspecify.annotations.NullMarked;
