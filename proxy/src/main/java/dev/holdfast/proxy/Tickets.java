package dev.holdfast.proxy;

import dev.holdfast.access.Network;
import dev.holdfast.access.ProxyAnswer.Why;
import dev.holdfast.access.Ticket;
import dev.holdfast.access.TicketException;
import dev.holdfast.access.TicketKeys;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Gives tickets, and says what those are good for that are shown. Thread-safe. */
final class Tickets {
  private static final int ID = 16;

  private final ProxySettings settings;
  private final Judge cluster;
  private final Supplier<Instant> now;
  private final SecureRandom random = new SecureRandom();

  Tickets(ProxySettings settings, Judge cluster, Supplier<Instant> now) {
    this.settings = settings;
    this.cluster = cluster;
    this.now = now;
  }

  /** What a ticket that was shown is good for. */
  sealed interface Judged {
    /**
     * Its holder may go on, once he has proved that he is.
     *
     * @param renewed the ticket to use from now on; empty while this one counts
     */
    record Good(Ticket ticket, KnownNode node, byte[] renewed) implements Judged {}

    /** He may not. */
    record Bad(Why why, String sentence) implements Judged {}

    /** The same with no new ticket. */
    default Judged withoutRenewal() {
      return this instanceof Good(Ticket ticket, KnownNode node, byte[] _)
          ? new Good(ticket, node, new byte[0])
          : this;
    }
  }

  /** What somebody shows a ticket for. */
  enum Use {
    /** A new stream. */
    OPEN,
    /** A stream that comes back, which its node knows. */
    RETURN,
    /** A new ticket. */
    RENEW
  }

  /**
   * A first ticket, for somebody who has proved by SSH who he is and of whom it was decided; none
   * while the cluster's keys are not known here.
   */
  Optional<byte[]> give(Judge.Wish wish, byte[] clientKey) {
    TicketKeys keys = settings.ticketKeys().get();
    return keys.canSign() ? Optional.of(give(keys, wish, clientKey)) : Optional.empty();
  }

  private byte[] give(TicketKeys keys, Judge.Wish wish, byte[] clientKey) {
    byte[] id = new byte[ID];
    random.nextBytes(id);
    Instant at = now.get().truncatedTo(ChronoUnit.SECONDS);
    Ticket ticket =
        new Ticket(
            id,
            at,
            at.plus(settings.ticketTime()),
            at.plus(settings.ticketRenewable()),
            clientKey,
            wish.user(),
            wish.login(),
            wish.node().name(),
            networks(wish.from()));
    return keys.sign(ticket);
  }

  private List<Network> networks(InetAddress from) {
    return switch (settings.ticketFrom()) {
      case ANY -> List.of();
      case NETWORK -> List.of(Network.around(from, 24, 48));
      case ADDRESS -> List.of(Network.around(from, 32, 128));
    };
  }

  /**
   * Judges a ticket that came from {@code from}. Where it is stale, is to be renewed, or was signed
   * by a key that was withdrawn, it is decided whether its holder may still.
   */
  Judged judge(byte[] encoded, InetAddress from, Use use) {
    TicketKeys keys = settings.ticketKeys().get();
    if (!keys.canSign()) {
      return bad(Why.BUSY, "This proxy can't tell good tickets at the moment; try again later.");
    }
    TicketKeys.Signed signed;
    try {
      signed = keys.read(encoded);
    } catch (TicketException e) {
      return bad(Why.TICKET, "This ticket is not one of this cluster's; connect anew.");
    }
    if (signed.onlyReturns() && use != Use.RETURN) {
      return bad(
          Why.TICKET,
          "The key of this ticket was withdrawn, so it brings back its stream only; connect anew.");
    }
    Judged judged = judge(keys, signed.ticket(), from, use == Use.RENEW || signed.onlyReturns());
    return signed.onlyReturns() ? judged.withoutRenewal() : judged;
  }

  private Judged judge(TicketKeys keys, Ticket ticket, InetAddress from, boolean anew) {
    return switch (ticket.standing(now.get(), from)) {
      case OVER -> bad(Why.TICKET, "This ticket is over; connect anew.");
      case EARLY ->
          bad(Why.BUSY, "This ticket is from the future: a clock is wrong; try again later.");
      case ELSEWHERE -> bad(Why.ADDRESS, "This ticket does not count from your present address.");
      case FRESH -> anew ? decide(keys, ticket, from) : fresh(ticket, from);
      case STALE -> decide(keys, ticket, from);
    };
  }

  private Judged fresh(Ticket ticket, InetAddress from) {
    KnownNode node = node(ticket).orElse(stub(ticket));
    return cluster
        .forbids(new Judge.Wish(ticket.user(), ticket.login(), node, from))
        .<Judged>map(why -> denied(ticket, why))
        .orElseGet(() -> new Judged.Good(ticket, node, new byte[0]));
  }

  private Judged decide(TicketKeys keys, Ticket ticket, InetAddress from) {
    Optional<KnownNode> node = node(ticket);
    if (node.isEmpty()) {
      return bad(
          Why.DENIED, "There is no node '%s' in this cluster any more.".formatted(ticket.node()));
    }
    Judge.Wish wish = new Judge.Wish(ticket.user(), ticket.login(), node.get(), from);
    return switch (cluster.decide(wish)) {
      case Judge.Verdict.Allowed _ -> {
        Instant at = now.get().truncatedTo(ChronoUnit.SECONDS);
        Ticket renewed =
            ticket.renewed(at.plus(settings.ticketTime()), at.plus(settings.ticketRenewable()));
        yield new Judged.Good(renewed, node.get(), keys.sign(renewed));
      }
      case Judge.Verdict.Denied(String why) -> denied(ticket, why);
      case Judge.Verdict.Unanswered _ -> bad(Why.BUSY, Judge.UNANSWERED);
    };
  }

  private static Judged.Bad denied(Ticket ticket, String why) {
    return bad(
        Why.DENIED,
        why.isEmpty() ? "You may not reach '%s' any more.".formatted(ticket.node()) : why);
  }

  private Optional<KnownNode> node(Ticket ticket) {
    return cluster.nodes().stream().filter(it -> it.name().equals(ticket.node())).findFirst();
  }

  /** A fresh ticket counts although its node is not known here yet. */
  private static KnownNode stub(Ticket ticket) {
    return new KnownNode(ticket.node(), java.util.Map.of(), Optional.empty(), Optional.empty());
  }

  private static Judged.Bad bad(Why why, String sentence) {
    return new Judged.Bad(why, sentence);
  }
}
