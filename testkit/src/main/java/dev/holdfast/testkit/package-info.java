/** What the tests of several modules use: their fuzz targets' runner, the real OpenSSH. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
