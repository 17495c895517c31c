/**
 * The service that keeps what lasts: users, roles, the certificate authority, leases, the audit
 * log, recordings.
 */
@NullMarked
package dev.holdfast.auth;

import org.jspecify.annotations.NullMarked;
