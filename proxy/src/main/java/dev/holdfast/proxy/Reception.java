package dev.holdfast.proxy;

import dev.holdfast.access.ProxyAnswer;
import dev.holdfast.access.ProxyHello;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.Ticket;
import dev.holdfast.access.TicketException;
import dev.holdfast.access.TicketProof;
import dev.holdfast.link.Caller;
import dev.holdfast.link.Entrance;
import dev.holdfast.link.Gate;
import dev.holdfast.link.Relay;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives clients that show a ticket, and nodes that dial back (PROTOCOL.ticket, section 4): finds
 * out whether they are who they say, and joins them. Thread-safe.
 */
final class Reception implements Entrance.Keeper {
  /** For a caller to say all that is wanted of him, whatever it is. */
  static final Duration HELLO = Duration.ofSeconds(10);

  private final Judge judge;
  private final Tickets tickets;
  private final NodeRoads roads;
  private final Tunnels tunnels;
  private final Watch watch;
  private final ProxyLog log;
  private final Supplier<Gate> gate;
  private final @Nullable Stopovers stopovers;
  private final SourceLimit limit = new SourceLimit();
  private final SecureRandom random = new SecureRandom();

  /**
   * What it needs; {@code gate} is asked once callers come.
   *
   * @param stopovers for those who are to be recorded; null if nobody is
   */
  Reception(
      Judge judge,
      Tickets tickets,
      NodeRoads roads,
      Tunnels tunnels,
      Watch watch,
      ProxyLog log,
      Supplier<Gate> gate,
      @Nullable Stopovers stopovers) {
    this.stopovers = stopovers;
    this.judge = judge;
    this.tickets = tickets;
    this.roads = roads;
    this.tunnels = tunnels;
    this.watch = watch;
    this.log = log;
    this.gate = gate;
  }

  /** A refusal that ends the conversation. */
  private static final class Turned extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;
    private final transient ProxyAnswer.Refused refusal;

    Turned(ProxyAnswer.Why why, String sentence) {
      super(sentence);
      refusal = new ProxyAnswer.Refused(why, sentence);
    }
  }

  /** Callers of whom it is not known yet what becomes of them. */
  int waiting() {
    return limit.size();
  }

  @Override
  public void accept(Caller caller) {
    InetSocketAddress from = caller.from();
    if (!limit.enter(from.getAddress())) {
      caller.leave(refused(ProxyAnswer.Why.BUSY, "Too many come from where you are; try later."));
      return;
    }
    try {
      receive(caller, from);
    } catch (Turned e) {
      log.say(
          ProxyLog.Weight.NEWS, "refused", Route.shown(from.toString()) + ": " + e.getMessage());
      caller.leave(e.refusal.encoded());
    } catch (IOException | TicketException | ProtocolException e) {
      log.say(ProxyLog.Weight.DETAIL, "gone", from + " is gone: " + e.getMessage());
      caller.close();
    } catch (RuntimeException e) {
      caller.close();
      throw e;
    } finally {
      limit.leave(from.getAddress());
    }
  }

  private static byte[] refused(ProxyAnswer.Why why, String sentence) {
    return new ProxyAnswer.Refused(why, sentence).encoded();
  }

  private void receive(Caller caller, InetSocketAddress from)
      throws IOException, TicketException, ProtocolException, Turned {
    long until = Caller.deadline(HELLO);
    switch (hello(caller, until)) {
      case ProxyHello.DialBack(byte[] nonce) -> tunnels.dialBacks().came(nonce, caller);
      case ProxyHello.Open(byte[] ticket) -> open(caller, from, ticket, until);
      case ProxyHello.Resume(byte[] ticket, byte[] proof) ->
          resume(caller, from, ticket, proof, until);
      case ProxyHello.Renew(byte[] ticket) -> renew(caller, from, ticket, until);
    }
  }

  private static ProxyHello hello(Caller caller, long until) throws IOException, TicketException {
    while (true) {
      ByteBuffer input = caller.received();
      ProxyHello hello = ProxyHello.read(input);
      if (hello != null) {
        caller.took(input);
        return hello;
      }
      caller.await(until);
    }
  }

  // ---- what clients want ----

  private void open(Caller caller, InetSocketAddress from, byte[] ticket, long until)
      throws IOException, ProtocolException, Turned {
    Tickets.Judged.Good good = judge(ticket, from, Tickets.Use.OPEN);
    byte[] nonce = challenge(caller);
    byte[] proof = take(caller, TicketProof.BYTES, until);
    HelloV2.Open opening = streamHello(caller, HelloV2.Open.class, until);
    byte[] hello = opening.encoded();
    if (!TicketProof.provesAnswer(good.ticket(), ticket, nonce, hello, proof)) {
      throw new Turned(ProxyAnswer.Why.TICKET, "This ticket is somebody else's.");
    }
    Stopovers recording = stopovers;
    if (recording != null && isRecorded(good, from)) {
      interrupt(caller, from, good, opening, recording);
    } else {
      join(caller, from, good, hello);
    }
  }

  /** A ticket may be of another proxy's, so the cluster is asked; if nobody answers, he waits. */
  private boolean isRecorded(Tickets.Judged.Good good, InetSocketAddress from) throws Turned {
    Ticket ticket = good.ticket();
    Judge.Wish wish = new Judge.Wish(ticket.user(), ticket.login(), good.node(), from.getAddress());
    return switch (judge.decide(wish)) {
      case Judge.Verdict.Allowed(RoleOptions options) -> Stopover.isFor(options);
      case Judge.Verdict.Denied(String why) ->
          throw new Turned(
              ProxyAnswer.Why.DENIED,
              why.isEmpty() ? "You may not reach '%s'.".formatted(ticket.node()) : why);
      case Judge.Verdict.Unanswered _ -> throw new Turned(ProxyAnswer.Why.BUSY, Judge.UNANSWERED);
    };
  }

  private void interrupt(
      Caller caller,
      InetSocketAddress from,
      Tickets.Judged.Good good,
      HelloV2.Open hello,
      Stopovers recording)
      throws IOException {
    Ticket ticket = good.ticket();
    caller.write(new ProxyAnswer.Welcome(good.renewed()).encoded());
    Stopover stopover = new Stopover(ticket.user(), ticket.login(), good.node());
    gate.get().callers().take(caller, hello, recording.acceptor(stopover));
    log.say(
        ProxyLog.Weight.NEWS,
        "stopover",
        "ticket %s: %s at %s goes to %s, and is recorded here"
            .formatted(ticket.name(), ticket.user(), from, ticket.node()));
  }

  private void resume(
      Caller caller, InetSocketAddress from, byte[] ticket, byte[] proof, long until)
      throws IOException, ProtocolException, Turned {
    HelloV2.Resume returning = streamHello(caller, HelloV2.Resume.class, until);
    byte[] hello = bytes(returning);
    Tickets.Judged.Good good = judge(ticket, from, Tickets.Use.RETURN);
    if (!TicketProof.provesResume(good.ticket(), ticket, hello, proof)) {
      throw new Turned(ProxyAnswer.Why.TICKET, "This ticket is somebody else's.");
    }
    if (isKept(returning, good, from)) {
      caller.write(new ProxyAnswer.Welcome(good.renewed()).encoded());
      gate.get().callers().take(caller, returning);
    } else {
      join(caller, from, good, hello);
    }
  }

  /**
   * Streams that are recorded end at a proxy, in the process that opened them; all others at nodes.
   */
  private boolean isKept(HelloV2.Resume hello, Tickets.Judged.Good good, InetSocketAddress from)
      throws Turned {
    return switch (gate.get().callers().keeps(hello)) {
      case YES -> true;
      case NO -> false;
      case UNCLEAR -> {
        if (stopovers != null && isRecorded(good, from)) {
          throw new Turned(ProxyAnswer.Why.BUSY, "The proxy is busy with its upgrade; try again.");
        }
        yield false;
      }
    };
  }

  private static byte[] bytes(HelloV2.Resume hello) {
    return ByteBuffer.allocate(hello.proven().length + hello.proof().length)
        .put(hello.proven())
        .put(hello.proof())
        .array();
  }

  private void renew(Caller caller, InetSocketAddress from, byte[] ticket, long until)
      throws IOException, Turned {
    byte[] nonce = challenge(caller);
    byte[] proof = take(caller, TicketProof.BYTES, until);
    Tickets.Judged.Good good = judge(ticket, from, Tickets.Use.RENEW);
    if (!TicketProof.provesAnswer(good.ticket(), ticket, nonce, new byte[0], proof)) {
      throw new Turned(ProxyAnswer.Why.TICKET, "This ticket is somebody else's.");
    }
    caller.leave(new ProxyAnswer.Welcome(good.renewed()).encoded());
  }

  private Tickets.Judged.Good judge(byte[] ticket, InetSocketAddress from, Tickets.Use use)
      throws Turned {
    return switch (tickets.judge(ticket, from.getAddress(), use)) {
      case Tickets.Judged.Good good -> good;
      case Tickets.Judged.Bad(ProxyAnswer.Why why, String sentence) ->
          throw new Turned(why, sentence);
    };
  }

  private byte[] challenge(Caller caller) throws IOException {
    byte[] nonce = new byte[ProxyHello.NONCE];
    random.nextBytes(nonce);
    caller.write(new ProxyAnswer.Challenge(nonce).encoded());
    return nonce;
  }

  private static byte[] take(Caller caller, int count, long until) throws IOException {
    while (caller.received().remaining() < count) {
      caller.await(until);
    }
    ByteBuffer input = caller.received();
    byte[] bytes = new byte[count];
    input.get(bytes);
    caller.took(input);
    return bytes;
  }

  /** The stream's hello, which has to be of one kind. */
  private static <H extends HelloV2> H streamHello(Caller caller, Class<H> kind, long until)
      throws IOException, ProtocolException {
    while (true) {
      ByteBuffer input = caller.received();
      HelloV2 hello = HelloV2.read(input);
      if (hello != null && !kind.isInstance(hello)) {
        throw new ProtocolException("another hello was to come");
      }
      if (hello != null) {
        caller.took(input);
        return kind.cast(hello);
      }
      caller.await(until);
    }
  }

  // ---- joining ----

  private void join(Caller caller, InetSocketAddress from, Tickets.Judged.Good good, byte[] hello)
      throws IOException, Turned {
    Ticket ticket = good.ticket();
    requireThere(caller);
    Caller node;
    try {
      node = roads.reach(good.node(), new Traveller(from, true));
    } catch (IOException e) {
      throw new Turned(
          ProxyAnswer.Why.OFFLINE, Route.offline(good.node(), Instant.now()).sentence());
    }
    try {
      requireThere(caller);
      node.write(hello);
      caller.write(new ProxyAnswer.Welcome(good.renewed()).encoded());
    } catch (IOException e) {
      node.close();
      throw e;
    }
    relay(caller, node, good, from);
    log.say(
        ProxyLog.Weight.NEWS,
        "relay",
        "ticket %s: %s at %s goes to %s"
            .formatted(ticket.name(), ticket.user(), from, ticket.node()));
  }

  /** Who has hung up has come by another connection since, or will: this one costs no more. */
  private static void requireThere(Caller caller) throws IOException {
    if (caller.isGone()) {
      throw new IOException("it hung up");
    }
  }

  private void relay(Caller caller, Caller node, Tickets.Judged.Good good, InetSocketAddress from) {
    Ticket ticket = good.ticket();
    Judge.Wish wish = new Judge.Wish(ticket.user(), ticket.login(), good.node(), from.getAddress());
    AtomicReference<Watch.Way> watched = new AtomicReference<>();
    Relay relay =
        gate.get()
            .callers()
            .relay(
                caller,
                node,
                it -> {
                  Watch.Way way = watched.getAndSet(null);
                  if (way != null) {
                    way.close();
                  }
                });
    Duration left = Duration.between(Instant.now(), ticket.expires());
    Watch.Way way =
        watch.over(wish, "", why -> relay.close(), left.isNegative() ? Duration.ZERO : left);
    watched.set(way);
    if (relay.isOver()) {
      way.close();
    }
  }
}
