package dev.holdfast.forward;

import dev.holdfast.client.ClientConfig;
import dev.holdfast.client.ClientOptions;
import dev.holdfast.client.ConfigQuery;
import dev.holdfast.client.Logins;
import dev.holdfast.client.PortForward;
import dev.holdfast.client.RemoteTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The forwards of one user: all that are asked for, each once, until they are removed. Thread-safe.
 */
public final class Forwarder implements AutoCloseable {
  /** Forwards at a time. */
  public static final int MOST = 1024;

  private final Servers servers;
  private final PortBook book;
  private final LocalForward.Guests guests;
  private final List<Consumer<Map<String, Object>>> listeners = new CopyOnWriteArrayList<>();
  private final Map<Long, Forward> forwards = new LinkedHashMap<>();
  private final Map<Server, Server.Hold> watched = new LinkedHashMap<>();
  private long ids;

  private Forwarder(Servers servers, PortBook book, LocalForward.Guests guests) {
    this.servers = servers;
    this.book = book;
    this.guests = guests;
  }

  /**
   * With no forwards.
   *
   * @param servers are closed with it
   * @param ports the file in which ports are remembered
   * @param uid whose programs may use the forwards
   * @param names by which pages may ask for this machine, besides its own; in lower case
   */
  public static Forwarder start(Servers servers, Path ports, long uid, Set<String> names)
      throws IOException {
    return new Forwarder(servers, PortBook.read(ports), new LocalForward.Guests(uid, names));
  }

  /** The servers behind the forwards. */
  public Servers servers() {
    return servers;
  }

  /**
   * Adds what ssh's arguments ask for ({@code -L}, {@code -R}, {@code -D}, with what the
   * configuration says of the host), and an app with a port of its own for each word behind the
   * destination.
   *
   * @return how it stands with all that were asked for, new or not
   */
  public List<ForwardStatus> add(List<String> arguments) throws IOException {
    ConfigQuery query = Logins.query(arguments);
    List<FarAddress> apps = apps(query.command());
    ConfigQuery asked = new ConfigQuery(query.host(), query.options(), query.file(), "");
    ClientConfig config = servers.read(asked);
    Server server = servers.get(asked);
    List<Forward> wanted = new ArrayList<>();
    for (PortForward each : config.get(ClientOptions.LOCAL_FORWARD)) {
      wanted.add(local(server, ListenPlace.of(each.listen()), Optional.of(far(each))));
    }
    for (PortForward each : config.get(ClientOptions.DYNAMIC_FORWARD)) {
      wanted.add(local(server, ListenPlace.of(each.listen()), Optional.empty()));
    }
    for (FarAddress app : apps) {
      wanted.add(local(server, new ListenPlace.Stable(server, app, book), Optional.of(app)));
    }
    List<PortForward> remote = config.get(ClientOptions.REMOTE_FORWARD);
    if (wanted.isEmpty() && remote.isEmpty()) {
      throw new IOException(
          "There is nothing to forward to %s: name a port of the server, or give -L, -R or -D."
              .formatted(server.name()));
    }
    List<ForwardStatus> all = new ArrayList<>();
    for (Forward each : wanted) {
      all.add(begin(each));
    }
    for (PortForward each : remote) {
      all.add(begin(new RemoteForward(server, each, RemoteTargets.of(config, each))));
    }
    return all;
  }

  private static List<FarAddress> apps(String words) throws IOException {
    List<FarAddress> apps = new ArrayList<>();
    for (String word : words.isBlank() ? new String[0] : words.strip().split("\\s+")) {
      apps.add(
          FarAddress.parse(word)
              .orElseThrow(() ->
                  new IOException(
                      "'" + word + "' is no app: a port, host:port or the path of a socket is.")));
    }
    return apps;
  }

  private static FarAddress far(PortForward forward) {
    return switch (forward.to().orElseThrow()) {
      case PortForward.Place.Port port -> new FarAddress.Port(port.host(), port.port());
      case PortForward.Place.Socket socket -> new FarAddress.Socket(socket.path());
    };
  }

  private LocalForward local(Server server, ListenPlace place, Optional<FarAddress> to) {
    return new LocalForward(server, place, to, guests, words -> tell(server, "warning", words));
  }

  private ForwardStatus begin(Forward forward) throws IOException {
    long id;
    synchronized (this) {
      for (Map.Entry<Long, Forward> each : forwards.entrySet()) {
        Forward other = each.getValue();
        if (other.server() == forward.server() && other.text().equals(forward.text())) {
          if (forward instanceof RemoteForward) {
            forward.close();
          }
          return other.status(each.getKey());
        }
      }
      if (forwards.size() >= MOST) {
        throw new IOException("There are " + MOST + " forwards already; remove some.");
      }
      id = ++ids;
      forwards.put(id, forward);
      Server server = forward.server();
      watched.computeIfAbsent(
          server, it -> it.listen(event -> tell(it, eventName(event), event.words())));
    }
    switch (forward) {
      case LocalForward local -> local.start();
      case RemoteForward remote -> remote.start();
    }
    ForwardStatus status = forward.status(id);
    Map<String, Object> event = new LinkedHashMap<>(Map.of("event", "added"));
    event.putAll(status.members());
    tell(event);
    return status;
  }

  /** How it stands with all. */
  public synchronized List<ForwardStatus> list() {
    return forwards.entrySet().stream().map(each -> each.getValue().status(each.getKey())).toList();
  }

  /** Removes a forward by its number, or those of a server by its name; how many there were. */
  public int remove(String which) {
    Map<Long, Forward> gone = new LinkedHashMap<>();
    synchronized (this) {
      forwards.forEach((id, each) -> {
        String name = each.server().name();
        boolean isMeant =
            which.equals(Long.toString(id))
                || which.equals(name)
                || which.equals(name.substring(name.indexOf('@') + 1));
        if (isMeant) {
          gone.put(id, each);
        }
      });
      gone.keySet().forEach(forwards::remove);
    }
    gone.forEach((id, each) -> {
      each.close();
      tell(Map.of("event", "removed", "id", id, "server", each.server().name()));
    });
    return gone.size();
  }

  // ---- events ----

  private static String eventName(ServerEvent event) {
    return switch (event) {
      case ServerEvent.Connecting _ -> "connecting";
      case ServerEvent.Connected _ -> "connected";
      case ServerEvent.Suspected _ -> "suspected";
      case ServerEvent.Ended _ -> "ended";
      case ServerEvent.Troubled _ -> "trouble";
    };
  }

  private void tell(Server server, String event, String words) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", event);
    members.put("server", server.name());
    members.put("words", words);
    tell(members);
  }

  private void tell(Map<String, Object> event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  /** Has {@code listener} hear of everything that happens, on any thread; it must not block. */
  public Server.Hold listen(Consumer<Map<String, Object>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Ends all of them. */
  @Override
  public void close() {
    List<Forward> all;
    synchronized (this) {
      all = List.copyOf(forwards.values());
      forwards.clear();
    }
    all.forEach(Forward::close);
    servers.close();
  }
}
