package dev.holdfast.auth;

import dev.holdfast.access.Ticket;
import dev.holdfast.access.TicketKey;
import java.time.Instant;
import java.util.List;

/** Tickets for tests. */
final class TicketOf {
  private TicketOf() {}

  static Ticket anybody() {
    Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    return new Ticket(
        new byte[16],
        now,
        now.plusSeconds(600),
        now.plusSeconds(3600),
        TicketKey.generate().shown(),
        "ada",
        "",
        "web1",
        List.of());
  }
}
