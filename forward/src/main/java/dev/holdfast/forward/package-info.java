/**
 * The port forwarder: listens for a person's programs, and makes, keeps and replaces the SSH
 * sessions behind.
 */
@NullMarked
package dev.holdfast.forward;

import org.jspecify.annotations.NullMarked;
