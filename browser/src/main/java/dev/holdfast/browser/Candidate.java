package dev.holdfast.browser;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may be a web app: the listeners of one port that belong together.
 *
 * @param id stays the same while the app is restarted: its host, as a browser calls it, and port
 * @param host as a browser calls it: {@code localhost}, unless something else answers to that
 * @param dials the addresses to dial, in this order
 * @param isOpen whether it listens on all addresses of the server
 * @param owner whose it is
 * @param pid of its process, or {@link Listener#UNKNOWN}
 * @param inode of its socket, or {@link Listener#UNKNOWN}
 * @param program what runs
 */
record Candidate(
    String id,
    String host,
    int port,
    List<String> dials,
    boolean isOpen,
    Owner owner,
    long pid,
    long inode,
    ServerProgram program) {
  /** The most that are shown. */
  static final int MOST = 200;

  /** Ports on which a stranger's request does harm, or that never speak HTTP. */
  private static final Set<Integer> LEFT_ALONE =
      Set.of(
          21, 22, 25, 53, 110, 111, 143, 465, 587, 631, 993, 995, 2049, 3306, 5005, 5432, 6379,
          9100, 11211, 27017);

  /** Programs that never speak HTTP, or log what does. */
  private static final Set<String> NO_WEB =
      Set.of(
          "postgres",
          "mysqld",
          "mariadbd",
          "redis-server",
          "mongod",
          "memcached",
          "Xorg",
          "Xvnc",
          "Xvfb",
          "cupsd",
          "systemd-resolve",
          "dropbear",
          "rpcbind",
          "master",
          "exim4",
          "named",
          "dnsmasq");

  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int FIRST_VNC = 5900;
  private static final int LAST_VNC = 5999;
  private static final int FIRST_X11 = 6000;
  private static final int LAST_X11 = 6063;

  /** Whose a listener is. */
  enum Owner {
    /** The login's own. */
    OWN,
    /** Of another user, or of one we are not told. */
    OTHER,
    /** What leads elsewhere: a remote forward, a container's port. */
    FORWARDED
  }

  Candidate {
    dials = List.copyOf(dials);
  }

  /** What was found, the login's own first, then by port. */
  static List<Candidate> of(Finding finding) {
    Map<Integer, List<Listener>> ports = new LinkedHashMap<>();
    finding.listeners().stream()
        .filter(Listener::isDialable)
        .forEach(it -> ports.computeIfAbsent(it.port(), _ -> new ArrayList<>()).add(it));
    List<Candidate> candidates = new ArrayList<>();
    ports.values().forEach(each -> candidates.addAll(ofPort(each, finding)));
    candidates.sort(
        Comparator.comparing((Candidate it) -> it.owner()).thenComparingInt(Candidate::port));
    return List.copyOf(candidates.subList(0, Math.min(MOST, candidates.size())));
  }

  /** One for each program among the listeners of a port. */
  private static List<Candidate> ofPort(List<Listener> listeners, Finding finding) {
    Map<String, List<Listener>> programs = new LinkedHashMap<>();
    listeners.stream()
        .sorted(Comparator.comparingInt(Listener::rank))
        .forEach(it -> programs.computeIfAbsent(key(it), _ -> new ArrayList<>()).add(it));
    boolean taken = false;
    List<Candidate> candidates = new ArrayList<>();
    for (List<Listener> each : programs.values()) {
      boolean isLocalhost = !taken && each.getFirst().isAtLocalhost();
      taken |= isLocalhost;
      candidates.add(of(each, isLocalhost, finding));
    }
    return candidates;
  }

  private static String key(Listener it) {
    return it.pids().isEmpty() ? "uid " + it.uid() : "pid " + it.pids().getFirst();
  }

  private static Candidate of(List<Listener> together, boolean isLocalhost, Finding finding) {
    Listener first = together.getFirst();
    List<String> dials = together.stream().flatMap(it -> it.dials().stream()).distinct().toList();
    String host = isLocalhost ? "localhost" : dials.getFirst();
    long pid = first.pids().isEmpty() ? Listener.UNKNOWN : first.pids().getFirst();
    ServerProgram program = finding.programs().getOrDefault(pid, ServerProgram.UNKNOWN);
    if (program.name().isEmpty()) {
      program = new ServerProgram(first.program(), program.arguments(), program.directory());
    }
    String id = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + first.port();
    Owner owner = owner(first, program, finding);
    boolean isOpen = together.stream().anyMatch(Listener::isOpen);
    return new Candidate(id, host, first.port(), dials, isOpen, owner, pid, first.inode(), program);
  }

  private static Owner owner(Listener listener, ServerProgram program, Finding finding) {
    if (program.name().equals("docker-proxy") || program.name().startsWith("sshd")) {
      return Owner.FORWARDED;
    }
    boolean isOwn = listener.uid() == Listener.UNKNOWN || listener.uid() == finding.uid();
    return isOwn && !(listener.pids().isEmpty() && finding.uid() == 0) ? Owner.OWN : Owner.OTHER;
  }

  /** Whether a request may be sent there to learn what it is. */
  boolean mayBeProbed() {
    boolean isScreen =
        (port >= FIRST_VNC && port <= LAST_VNC) || (port >= FIRST_X11 && port <= LAST_X11);
    boolean isOthers = owner == Owner.OTHER && !isOpen && port != HTTP && port != HTTPS;
    return !isScreen
        && !isOthers
        && !isDebugger()
        && !LEFT_ALONE.contains(port)
        && !NO_WEB.contains(program.name());
  }

  /** A Java debugger's port takes one client, and says so in the program's log. */
  private boolean isDebugger() {
    int at = program.arguments().indexOf("jdwp");
    String rest = at < 0 ? "" : program.arguments().substring(at);
    return rest.contains(":" + port) || rest.contains("=" + port);
  }
}
