@NullMarked
package dev.holdfast.auth;

import org.jspecify.annotations.NullMarked;
