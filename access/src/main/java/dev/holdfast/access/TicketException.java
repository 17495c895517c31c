package dev.holdfast.access;

import java.io.Serial;

/** What came is no ticket, or no message about one (PROTOCOL.ticket). Its text names no secret. */
public final class TicketException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** One such reason. */
  TicketException(String message) {
    super(message);
  }
}
