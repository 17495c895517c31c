@NullMarked
package dev.holdfast.forward;

import org.jspecify.annotations.NullMarked;
