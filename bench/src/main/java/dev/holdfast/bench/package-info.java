/** Comparisons of Holdfast with its peers, side by side in one run, printed as ratios. */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
