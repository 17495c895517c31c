package dev.holdfast.ssh;

import org.jspecify.annotations.Nullable;

/** What a server can run. */
@FunctionalInterface
public interface Programs {
  /** The program for {@code request}, or null to refuse it. */
  @Nullable Program find(Login login, SessionRequest request);
}
