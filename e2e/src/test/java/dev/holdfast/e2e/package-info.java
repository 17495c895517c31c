/** Tests between real programs over links that are cut, and the rules of the architecture. */
@NullMarked
package dev.holdfast.e2e;

import org.jspecify.annotations.NullMarked;
