package dev.holdfast.client;

import dev.holdfast.access.TicketKey;
import dev.holdfast.link.Destination;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The way to a node's ticket: logs in by SSH to the first proxy of a list that is there, and asks
 * for one (PROTOCOL.ticket, section 5). Confined to its caller.
 */
public final class ProxyRoad {
  /** Where proxies listen unless it is said otherwise. */
  public static final int PORT = 3022;

  /** Characters of a proxy's answer. */
  private static final int MOST_ANSWER = 16 * 1024;

  private static final String SUBSYSTEM = "holdfast-ticket";

  private final List<ClientConfig> hops;
  private final Prompts prompts;

  private ProxyRoad(List<ClientConfig> hops, Prompts prompts) {
    this.hops = hops;
    this.prompts = prompts;
  }

  /**
   * Through {@code proxies}, as the configuration has them, with the settings of {@code config}.
   */
  static ProxyRoad of(String proxies, ClientConfig config, Prompts prompts) throws IOException {
    try {
      List<ClientConfig> hops = new ArrayList<>();
      for (JumpHost host : JumpHost.list(proxies)) {
        hops.add(hop(host, config));
      }
      if (hops.isEmpty()) {
        throw new IOException("HoldfastProxy names no proxy.");
      }
      return new ProxyRoad(hops, prompts);
    } catch (BadValue e) {
      throw new IOException("HoldfastProxy: " + e.getMessage(), e);
    }
  }

  /**
   * Through {@code proxies}, {@code [user@]host[:port],…}, with the settings that ssh's
   * configuration has for them.
   *
   * @param file in place of the user's and the system's configurations
   * @param err where questions and news go that have no terminal
   */
  public static ProxyRoad of(String proxies, Optional<String> file, PrintStream err)
      throws IOException {
    Surroundings surroundings = Surroundings.ofProcess();
    ClientConfig usual =
        ClientConfig.read(new ConfigQuery("proxy", List.of(), file, ""), surroundings);
    return of(proxies, usual, new Prompts(surroundings.environment(), err, false));
  }

  /** A name for messages: a node may be asked for by its labels, which are no host's name. */
  public static String nodeName(String target) {
    String bare = target.replaceAll("[^A-Za-z0-9_-]+", ".").replaceAll("^\\.|\\.$", "");
    return bare.isEmpty() ? "node" : bare;
  }

  private static ClientConfig hop(JumpHost host, ClientConfig config) throws IOException {
    List<String> options = new ArrayList<>();
    host.user().ifPresent(user -> options.add("User " + user));
    host.port().ifPresent(port -> options.add("Port " + port));
    options.add("HoldfastProxy none");
    options.add("HoldfastResume off");
    options.add("ClearAllForwardings yes");
    ClientConfig hop = read(host, options, config);
    if (!hop.isGiven(ClientOptions.PORT)) {
      options.add("Port " + PORT);
      hop = read(host, options, config);
    }
    return hop;
  }

  private static ClientConfig read(JumpHost host, List<String> options, ClientConfig config)
      throws IOException {
    return ClientConfig.read(
        new ConfigQuery(host.host(), options, config.file(), ""), config.surroundings());
  }

  /** Gets a ticket for {@code target}, {@code [login@]name} or labels. */
  public ProxyPassage enter(String target) throws IOException {
    IOException failure = new IOException("There is no proxy.");
    for (ClientConfig hop : hops) {
      try (Road road = new Road(prompts, LinkWatch.SILENT)) {
        return ask(road.reach(hop).connection(), target);
      } catch (TurnedAwayException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** The proxy has said no: another one would say the same. */
  private static final class TurnedAwayException extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    TurnedAwayException(String sentence) {
      super(sentence);
    }
  }

  private ProxyPassage ask(ClientConnection connection, String target) throws IOException {
    TicketKey key = TicketKey.generate();
    String request =
        "ticket %s %s\n".formatted(target, Base64.getEncoder().encodeToString(key.shown()));
    SessionPlan plan =
        new SessionPlan(new SessionRequest.Subsystem(SUBSYSTEM), Optional.empty(), Map.of(), false);
    try (RemoteCommand office = connection.start(plan)) {
      office.stdin().write(request.getBytes(StandardCharsets.US_ASCII));
      office.stdin().flush();
      String[] answer = line(office.stdout()).split(" ", 2);
      return switch (answer[0]) {
        case "ticket" -> passage(key, answer[1].split(" ", -1));
        case "refused" -> throw new TurnedAwayException(answer[1]);
        default -> throw new IOException("The server is no proxy of a cluster.");
      };
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("The proxy's answer can't be used.", e);
    }
  }

  private ProxyPassage passage(TicketKey key, String[] words) {
    List<Destination> proxies = new ArrayList<>();
    if (words.length < 2 || words[1].equals("-")) {
      hops.forEach(hop -> proxies.add(new Destination(hop.hostname(), hop.port())));
    } else {
      for (String one : words[1].split(",", -1)) {
        int colon = one.lastIndexOf(':');
        proxies.add(
            new Destination(one.substring(0, colon), Integer.parseInt(one.substring(colon + 1))));
      }
    }
    return new ProxyPassage(
        key, Base64.getDecoder().decode(words[0]), inTurn(proxies, ThreadLocalRandom.current()));
  }

  /**
   * In which order they are tried: the first one first, the others in any, so that who lose it do
   * not all come to the second.
   */
  static List<Destination> inTurn(List<Destination> proxies, RandomGenerator random) {
    List<Destination> turns = new ArrayList<>(proxies);
    Collections.shuffle(turns.subList(1, turns.size()), random);
    return turns;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int one = in.read(); one >= 0 && one != '\n'; one = in.read()) {
      if (line.size() == MOST_ANSWER) {
        throw new IOException("The proxy's answer is too long.");
      }
      line.write(Character.isISOControl(one) ? ' ' : one);
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
