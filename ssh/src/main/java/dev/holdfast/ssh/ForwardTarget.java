package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;

/** Connects to where a forwarded connection is to be led. */
@FunctionalInterface
public interface ForwardTarget {
  /** A fresh connection. */
  Duplex connect() throws IOException;
}
