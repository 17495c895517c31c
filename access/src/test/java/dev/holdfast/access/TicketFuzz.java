package dev.holdfast.access;

import java.nio.ByteBuffer;

/**
 * Fuzz target: a ticket that a stranger shows. What can be read is written again as it came, but
 * for extensions and texts that another writer may put otherwise.
 */
public final class TicketFuzz {
  private TicketFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Ticket ticket;
    try {
      ticket = Ticket.said(data);
    } catch (TicketException e) {
      return;
    }
    TicketKey key = TicketKeyOf.cluster();
    if (!Ticket.said(ticket.signed(key)).equals(ticket)) {
      throw new IllegalStateException("read otherwise than written: " + ticket);
    }
    if (ByteBuffer.wrap(data).remaining() > Ticket.MOST_BYTES) {
      throw new IllegalStateException("longer than a ticket may be");
    }
  }
}
