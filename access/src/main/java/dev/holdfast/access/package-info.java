/**
 * The domain of a cluster, pure: users, roles and their limits, tickets, leases, locks, audit
 * events, recordings.
 */
@NullMarked
package dev.holdfast.access;

import org.jspecify.annotations.NullMarked;
