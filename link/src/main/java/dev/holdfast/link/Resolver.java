package dev.holdfast.link;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks up names without making anyone wait for a lost question, and remembers what it learnt.
 *
 * <p>The system's resolver blocks, for 5 s and more if a question was lost on a network that was
 * away. So each lookup has a daemon thread of its own; whoever asks again a second later starts
 * another one, and the first good answer serves all who wait. The last addresses of a name stay
 * known, the one that worked first: a redial begins with them while the lookup runs, for the name
 * server may come back later than the host. That an old address leads elsewhere does no harm: what
 * is said over a link is proved above it.
 *
 * <p>IPv4 and IPv6 are one question to the system, so an answer in one family waits for the other
 * (RFC 8305 section 3 would ask them apart). Thread-safe.
 */
final class Resolver {
  /** More lookups are not under way at once; further ones wait for their end. */
  static final int MAX_LOOKUPS = 8;

  /** Names remembered; the one not asked for longest is forgotten first. */
  static final int MAX_NAMES = 64;

  /**
   * A name is asked again while a lookup of it is under way, and an answer is taken as fresh, after
   * and for this long.
   */
  static final Duration AGAIN = Duration.ofSeconds(1);

  /** The system's resolver, or a test's. */
  interface Lookup {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  /** What a lookup brought. */
  sealed interface Answer {
    record Found(List<InetAddress> addresses) implements Answer {}

    record Unknown() implements Answer {}
  }

  private final Lookup lookup;
  private final LongSupplier clock;
  private final Map<String, Name> names = new LinkedHashMap<>(16, 0.75f, true);
  private int underWay;

  Resolver(Lookup lookup, LongSupplier nanoClock) {
    this.lookup = lookup;
    this.clock = nanoClock;
  }

  /**
   * The system's resolver. The JVM's own memory of failed lookups, 10 s, is switched off: it would
   * keep a client away from a network that is back. This works if nothing was looked up in this
   * process before.
   */
  static Resolver ofSystem() {
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    return new Resolver(Resolver::bySystem, System::nanoTime);
  }

  /**
   * The addresses known from earlier lookups, the one that worked first; empty if there was none.
   */
  synchronized List<InetAddress> remembered(String host) {
    Name name = names.get(host);
    return name == null ? List.of() : name.known();
  }

  /** Notes that a connection to this address of the host came about. */
  synchronized void worked(String host, InetAddress address) {
    name(host).worked = address;
  }

  /**
   * Asks for the addresses of a name; {@code wake} is run, in any thread, when there is an answer.
   * To be closed.
   */
  synchronized Query ask(String host, Runnable wake) {
    Name name = name(host);
    Query query = new Query(name, wake);
    long now = clock.getAsLong();
    if (name.isFresh(now)) {
      query.answer = new Answer.Found(name.known());
      return query;
    }
    name.waiting.add(query);
    if (name.wantsLookup(now)) {
      start(name);
    }
    return query;
  }

  /** One wait for the addresses of a name. */
  final class Query implements AutoCloseable {
    private final Name name;
    private final Runnable wake;
    private volatile @Nullable Answer answer;

    private Query(Name name, Runnable wake) {
      this.name = name;
      this.wake = wake;
    }

    /** The answer, or null while there is none. */
    @Nullable Answer answer() {
      return answer;
    }

    @Override
    public void close() {
      synchronized (Resolver.this) {
        name.waiting.remove(this);
      }
    }
  }

  /** What is known of a name and under way for it. Guarded by the resolver's lock. */
  private static final class Name {
    final String host;
    final Set<Query> waiting = new HashSet<>();
    List<InetAddress> found = List.of();
    long foundNanos;
    @Nullable InetAddress worked;
    int underWay;
    long startedNanos;

    Name(String host) {
      this.host = host;
    }

    List<InetAddress> known() {
      return found.stream().sorted(Comparator.comparing(a -> !a.equals(worked))).toList();
    }

    boolean isFresh(long now) {
      return !found.isEmpty() && now - foundNanos < AGAIN.toNanos();
    }

    boolean wantsLookup(long now) {
      return underWay == 0 || now - startedNanos >= AGAIN.toNanos();
    }
  }

  private Name name(String host) {
    Name name = names.computeIfAbsent(host, Name::new);
    if (names.size() > MAX_NAMES) {
      names.values().stream()
          .filter(n -> n != name && n.underWay == 0 && n.waiting.isEmpty())
          .findFirst()
          .ifPresent(n -> names.remove(n.host));
    }
    return name;
  }

  private void start(Name name) {
    if (underWay < MAX_LOOKUPS) {
      underWay++;
      name.underWay++;
      name.startedNanos = clock.getAsLong();
      Thread.ofPlatform().daemon().name("lookup " + name.host).start(() -> run(name));
    }
  }

  private void run(Name name) {
    List<InetAddress> found = List.of();
    try {
      found = List.copyOf(lookup.addresses(name.host));
    } catch (UnknownHostException _) {
      // An empty list says so.
    } finally {
      end(name, found).forEach(query -> query.wake.run());
    }
  }

  /**
   * Returns those who wait no longer. A failure is an answer only if no other lookup of the name
   * may do better.
   */
  private synchronized List<Query> end(Name name, List<InetAddress> found) {
    underWay--;
    name.underWay--;
    List<Query> served = List.of();
    if (!found.isEmpty()) {
      name.found = found;
      name.foundNanos = clock.getAsLong();
      served = serve(name, new Answer.Found(name.known()));
    } else if (name.underWay == 0) {
      served = serve(name, new Answer.Unknown());
    }
    names.values().stream()
        .filter(n -> n.underWay == 0 && !n.waiting.isEmpty())
        .toList()
        .forEach(this::start);
    return served;
  }

  private static List<Query> serve(Name name, Answer answer) {
    List<Query> served = new ArrayList<>(name.waiting);
    name.waiting.clear();
    served.forEach(query -> query.answer = answer);
    return served;
  }

  /**
   * In the system's order (RFC 6724), unless the JVM was told to put a family first; then IPv6 is
   * first (RFC 8305 section 4).
   */
  private static List<InetAddress> bySystem(String host) throws UnknownHostException {
    List<InetAddress> found = List.of(InetAddress.getAllByName(host));
    if ("system".equals(System.getProperty("java.net.preferIPv6Addresses"))) {
      return found;
    }
    return found.stream().sorted(Comparator.comparing(a -> !(a instanceof Inet6Address))).toList();
  }
}
