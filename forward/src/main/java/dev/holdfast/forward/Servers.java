package dev.holdfast.forward;

import dev.holdfast.client.ClientConfig;
import dev.holdfast.client.ConfigQuery;
import dev.holdfast.client.Logins;
import dev.holdfast.client.Surroundings;
import dev.holdfast.link.NetworkWatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The servers that this process has to do with, each once. Thread-safe. */
public final class Servers implements AutoCloseable {
  /** Servers at a time. */
  public static final int MOST = 256;

  private static final Pattern FORWARDING =
      Pattern.compile("^\\s*(Local|Remote|Dynamic)Forward\\b", Pattern.CASE_INSENSITIVE);

  private final Logins logins;
  private final ForwardSettings settings;
  private final NetworkWatch watch = NetworkWatch.start();
  private final Tending tending = new Tending(this::all);
  private final Map<ConfigQuery, Server> servers = new LinkedHashMap<>();
  private volatile String agent = "";

  private Servers(Logins logins, ForwardSettings settings) {
    this.logins = logins;
    this.settings = settings;
    watch.listen(_ -> all().forEach(Server::networkChanged));
  }

  /** None yet; they log in by {@code logins}, which is closed with them. */
  public static Servers start(Logins logins, ForwardSettings settings) {
    return new Servers(logins, settings);
  }

  /**
   * The server that ssh's arguments name; its forwardings and its command are not looked at.
   *
   * @throws FarFailure if they can't be understood
   */
  public Server get(List<String> arguments) throws FarFailure {
    try {
      return get(Logins.query(arguments));
    } catch (IOException e) {
      throw misconfigured(e);
    }
  }

  /** The server of one destination, {@code [user@]host} as {@code ~/.ssh/config} knows it. */
  public Server get(String destination) throws FarFailure {
    return get(List.of("--", destination));
  }

  /** What a confined process needs that goes to the server which ssh's arguments name. */
  public SessionMonitor monitor(List<String> arguments) throws FarFailure {
    try {
      ConfigQuery login = loginOnly(Logins.query(arguments));
      return new SessionMonitor(logins, this::read, login, name(login), watch);
    } catch (FarFailure e) {
      throw e;
    } catch (IOException e) {
      throw misconfigured(e);
    }
  }

  /** The server of a query, likewise. */
  Server get(ConfigQuery asked) throws FarFailure {
    ConfigQuery login = loginOnly(asked);
    synchronized (this) {
      Server known = servers.get(login);
      if (known != null) {
        return known;
      }
    }
    String name = name(login);
    synchronized (this) {
      if (servers.size() >= MOST) {
        throw new FarFailure(new Trouble.Misconfigured("There are " + MOST + " servers already."));
      }
      return servers.computeIfAbsent(
          login,
          key ->
              new Server(
                  name,
                  new SshSessionSource(logins, this::read, key, name),
                  settings,
                  tending::wakeUp));
    }
  }

  private static ConfigQuery loginOnly(ConfigQuery asked) {
    List<String> options = new ArrayList<>(List.of("ClearAllForwardings yes"));
    asked.options().stream().filter(line -> !FORWARDING.matcher(line).find()).forEach(options::add);
    return new ConfigQuery(asked.host(), options, asked.file(), "");
  }

  private String name(ConfigQuery query) throws FarFailure {
    try {
      return SshSessionSource.name(read(query));
    } catch (IOException e) {
      throw misconfigured(e);
    }
  }

  private static FarFailure misconfigured(IOException e) {
    return new FarFailure(new Trouble.Misconfigured(String.valueOf(e.getMessage())));
  }

  /** The configuration for this user, with the agent that was named last. */
  ClientConfig read(ConfigQuery query) throws IOException {
    Surroundings own = Surroundings.ofProcess();
    Map<String, String> environment = new HashMap<>(own.environment());
    String named = agent;
    if (!named.isEmpty()) {
      environment.put("SSH_AUTH_SOCK", named);
    }
    return ClientConfig.read(
        query,
        new Surroundings(
            own.user(),
            own.uid(),
            own.home(),
            own.hostName(),
            Map.copyOf(environment),
            own.systemConfig(),
            own.outside()));
  }

  /** From now on logins use the agent at this path, in place of the process's own. */
  public void agent(String path) {
    agent = path;
  }

  /** All of them. */
  public synchronized List<Server> all() {
    return List.copyOf(servers.values());
  }

  /** Ends everything. */
  @Override
  public void close() {
    all().forEach(Server::close);
    tending.close();
    watch.close();
    logins.close();
  }
}
