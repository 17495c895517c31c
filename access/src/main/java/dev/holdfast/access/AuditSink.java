package dev.holdfast.access;

import java.io.IOException;

/** Where those who serve connections put their audit events. Thread-safe. */
public interface AuditSink {
  /**
   * Keeps an event of what is about to happen, durably; once this returns it may. Waits, for a
   * while, for the auth service.
   *
   * @throws IOException if it is kept nowhere: then it may not happen
   */
  void before(AuditEvent event) throws IOException;

  /**
   * Keeps an event of what has happened already: on this machine, until the auth service has it.
   * Does not wait for that service.
   */
  void after(AuditEvent event);
}
