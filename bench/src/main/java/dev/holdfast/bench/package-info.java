/**
 * Comparisons of whole programs with their peers, side by side in one run, as ratios.
 *
 * <p>A {@link dev.holdfast.bench.Path} is one contender: what stands between a client and a server,
 * and how the client dials it. Each contender gets a client process and, where it needs one, a
 * process between; the server process and the {@link dev.holdfast.bench.DelayRelay} are the same
 * for all. {@link dev.holdfast.bench.Bench} conducts. How to run it and what each figure means is
 * in {@code docs/performance.md}.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
