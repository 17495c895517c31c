/**
 * Tests between real programs over links that are cut, and the rules of the architecture.
 *
 * <p>The harness: {@link dev.holdfast.e2e.Command} and {@link dev.holdfast.e2e.Program} run
 * programs, {@link dev.holdfast.e2e.Sshd} and {@link dev.holdfast.e2e.Gate} are the far end, {@link
 * dev.holdfast.e2e.CuttingRelay} and {@link dev.holdfast.e2e.Wan} the bad network between, {@link
 * dev.holdfast.e2e.Site} all of it for one test class, {@link dev.holdfast.e2e.Ssh} the near end.
 */
@NullMarked
package dev.holdfast.e2e;

import org.jspecify.annotations.NullMarked;
