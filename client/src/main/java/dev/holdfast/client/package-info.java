/**
 * The client as OpenSSH's users know it: its configuration, known hosts and identities, and what
 * runs over a connection.
 */
@NullMarked
package dev.holdfast.client;

import org.jspecify.annotations.NullMarked;
