package dev.holdfast.node;

import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.LastDecisions;
import dev.holdfast.access.Lock;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.Certifiers;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.Entrant;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Terms;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets users of a cluster in to a node: who shows a certificate of the cluster's for the account is
 * let in if his roles say so now, and ends when they don't any more. Who comes by a key of the
 * node's own is none of its business. Thread-safe.
 */
public final class Porter implements Entrances, Certifiers {
  private static final Logger log = LoggerFactory.getLogger(Porter.class);

  private static final String REMOVED = "This machine was removed from the cluster.";

  private final Cluster cluster;
  private final Post post;
  private final LastDecisions last = new LastDecisions(System::nanoTime);
  private final Set<Visit> visits = ConcurrentHashMap.newKeySet();
  private volatile boolean removed;

  /**
   * Where he stands.
   *
   * @param id of the node
   * @param name of the node
   * @param only whether the cluster alone lets anybody in
   * @param authorities of users, those that are believed now
   * @param alive tells the cluster that the node lives
   */
  public record Post(
      String id,
      String name,
      boolean only,
      Supplier<TrustedAuthorities> authorities,
      Announcement alive) {}

  /** Tells the cluster that a node lives. */
  @FunctionalInterface
  public interface Announcement {
    void make() throws IOException;
  }

  /** One who asks {@code cluster}; {@link #take} is to be told of its changes. */
  public Porter(Cluster cluster, Post post) {
    this.cluster = cluster;
    this.post = post;
  }

  // ---- certificates ----

  @Override
  public TrustedAuthorities authorities() {
    return post.authorities().get();
  }

  @Override
  public Set<String> principals(String account) {
    return Set.of(account, account + "@" + post.name());
  }

  @Override
  public boolean only() {
    return post.only();
  }

  // ---- coming in ----

  /** Somebody who is in, or about to be. */
  private record Visit(String user, String account, boolean bridged, Entrant entrant) {}

  @Override
  public Entry enter(Login login, Entrant entrant) throws IOException {
    if (!(login.guest() instanceof Certifiers.Member member)) {
      return new Entry.Admitted(Terms.FREE, () -> {});
    }
    boolean bridged = member.certified().extensions().contains(Certified.BRIDGED);
    Visit visit = new Visit(member.certified().id(), login.user(), bridged, entrant);
    // Before it is decided: what changes meanwhile must not be missed.
    visits.add(visit);
    Entry entry = new Entry.Refused("Nothing was decided.");
    try {
      entry = enter(member, login.from(), visit);
      return entry;
    } finally {
      if (!(entry instanceof Entry.Admitted)) {
        visits.remove(visit);
      }
    }
  }

  private Entry enter(Certifiers.Member member, SocketAddress from, Visit visit) {
    LastDecisions.Question question =
        new LastDecisions.Question(
            visit.user, visit.account, Long.toUnsignedString(member.certified().serial()));
    try {
      return switch (cluster.identify(member.shown().blob(), address(from))) {
        case Identity.Person person when person.user().name().equals(visit.user) ->
            decided(question, decide(visit), visit);
        case Identity.Nobody(String sentence) -> new Entry.Refused(sentence);
        case Identity.Person _, Identity.Machine _ ->
            new Entry.Refused("The certificate is not a user's.");
      };
    } catch (IOException e) {
      log.warn("{} could not be decided about: {}", visit.user, e.getMessage());
      return unanswered(question, visit);
    }
  }

  private Entry decided(LastDecisions.Question question, Decision decision, Visit visit) {
    return switch (decision) {
      case Decision.Allowed allowed -> {
        last.keep(question, allowed.options());
        yield admitted(visit, allowed.options());
      }
      case Decision.Undecided _ -> unanswered(question, visit);
      case Decision.Denied _,
          Decision.Locked _,
          Decision.Unknown _,
          Decision.Ambiguous _,
          Decision.Offline _ ->
          new Entry.Refused(decision.sentence());
    };
  }

  /** What was decided last counts for a while, unless something has to be counted. */
  private Entry unanswered(LastDecisions.Question question, Visit visit) {
    return last.find(question)
        .filter(_ -> !removed)
        .<Entry>map(options -> admitted(visit, options))
        .orElseGet(() -> new Entry.Refused(new Decision.Undecided().sentence()));
  }

  private Entry admitted(Visit visit, RoleOptions options) {
    RoleOptions here = visit.bridged ? options.behindProxy() : options;
    return new Entry.Admitted(new Terms(visit.user, here), () -> visits.remove(visit));
  }

  /** Of itself a node knows that it is there; the cluster may not have heard it yet. */
  private Decision decide(Visit visit) throws IOException {
    Decision decision = cluster.decide(visit.user, visit.account, post.id());
    if (decision instanceof Decision.Offline) {
      post.alive().make();
      return cluster.decide(visit.user, visit.account, post.id());
    }
    return decision;
  }

  private static InetAddress address(SocketAddress from) {
    return from instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : InetAddress.ofLiteral("0.0.0.0");
  }

  // ---- changes ----

  /** Takes note of a change: those whom it concerns are decided about anew, and end if need be. */
  public void take(Change change) {
    switch (change) {
      case Change.Locked(Lock lock) -> {
        last.forgetAll();
        switch (lock.target().kind()) {
          case USER -> recheck(visit -> visit.user.equals(lock.target().name()));
          case ROLE, NODE -> recheck(_ -> true);
        }
      }
      case Change.UserChanged(String user) -> {
        last.forget(user);
        recheck(visit -> visit.user.equals(user));
      }
      case Change.NodeRemoved(String id, String _) when id.equals(post.id()) -> {
        removed = true;
        last.forgetAll();
        visits.forEach(visit -> end(visit, REMOVED));
      }
      case Change.Missed _ -> {
        last.forgetAll();
        recheck(_ -> true);
      }
      case Change.Unlocked _,
          Change.AuthoritiesChanged _,
          Change.TicketKeysChanged _,
          Change.SessionEnding _,
          Change.NodeRemoved _ -> {}
    }
  }

  private void recheck(Predicate<Visit> whom) {
    visits.stream().filter(whom).forEach(this::recheck);
  }

  private void recheck(Visit visit) {
    try {
      Decision decision = decide(visit);
      switch (decision) {
        case Decision.Allowed _, Decision.Offline _, Decision.Undecided _ -> {}
        case Decision.Denied _, Decision.Locked _, Decision.Unknown _, Decision.Ambiguous _ ->
            end(visit, decision.sentence());
      }
    } catch (IOException e) {
      // That nobody can be asked must not end what was allowed; asked again when he is back.
      log.debug("{} could not be decided about anew: {}", visit.user, e.getMessage());
    }
  }

  private void end(Visit visit, String sentence) {
    visits.remove(visit);
    log.info("{} as {} ends: {}", visit.user, visit.account, sentence);
    visit.entrant.end(sentence);
  }

  /** Connections of the cluster's users. */
  public int visits() {
    return visits.size();
  }
}
