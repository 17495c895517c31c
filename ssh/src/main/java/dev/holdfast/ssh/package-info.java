/**
 * SSH over a stream: the client and server engines, and the only place that knows the SSH library.
 */
@NullMarked
package dev.holdfast.ssh;

import org.jspecify.annotations.NullMarked;
