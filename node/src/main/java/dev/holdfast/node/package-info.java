/** The sessions of an SSH server: processes and ptys of login users. */
@NullMarked
package dev.holdfast.node;

import org.jspecify.annotations.NullMarked;
