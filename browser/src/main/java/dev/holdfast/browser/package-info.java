/** The browser window that belongs to a server, the web apps found there, and the local pages. */
@NullMarked
package dev.holdfast.browser;

import org.jspecify.annotations.NullMarked;
