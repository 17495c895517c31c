@NullMarked
package dev.holdfast.ssh;

import org.jspecify.annotations.NullMarked;
