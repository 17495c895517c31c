/**
 * The command {@code holdfast}: reads arguments, wires everything by constructors, and speaks to
 * people.
 */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
