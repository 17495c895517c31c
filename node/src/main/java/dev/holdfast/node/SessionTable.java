package dev.holdfast.node;

import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The named sessions of this process, each with its program. Thread-safe. */
final class SessionTable implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SessionTable.class);

  private final Settings settings;
  private final ExecutorService events;
  private final Map<Key, NamedSession> sessions = new HashMap<>();

  /** Whose it is, and its name among that user's. */
  record Key(String user, String name) {}

  SessionTable(Settings settings) {
    this.settings = settings;
    events =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("node-named-sessions").factory(),
            new ThreadPoolExecutor
                .DiscardPolicy()); // Of clients that are told of the end too late.
  }

  /** Null if it is not here. */
  @Nullable NamedSession get(Key key) {
    synchronized (sessions) {
      return sessions.get(key);
    }
  }

  /** A user's sessions, by name; everybody's if {@code user} is null. */
  List<NamedSessionState> list(@Nullable String user) {
    return all().entrySet().stream()
        .filter(each -> user == null || each.getKey().user.equals(user))
        .map(each -> each.getValue().state(each.getKey().user))
        .sorted(
            Comparator.comparing(NamedSessionState::user).thenComparing(NamedSessionState::name))
        .toList();
  }

  boolean isEmpty() {
    synchronized (sessions) {
      return sessions.isEmpty();
    }
  }

  /**
   * One that is here, or a new one; null if there can be none.
   *
   * @param programs starts its program
   * @param agents where the link to its agent is made; null for none
   */
  @Nullable NamedSession getOrMake(
      Key key,
      Sessions programs,
      SessionStart start,
      Size window,
      @Nullable SessionDirectory agents) {
    synchronized (sessions) {
      NamedSession there = sessions.get(key);
      if (there != null) {
        return there;
      }
      if (sessions.keySet().stream().filter(each -> each.user.equals(key.user)).count()
          >= NamedSessions.MOST_OF_USER) {
        log.warn(
            "{} has {} named sessions; no other is made.", key.user, NamedSessions.MOST_OF_USER);
        return null;
      }
      AgentLink agent = link(start.granted().agentSocket(), agents);
      NamedSession made =
          new NamedSession(
              key.name, window, settings, events, () -> forget(key, agent), System::nanoTime);
      return switch (programs.start(agent == null ? start : with(start, agent), made)) {
        case SessionAnswer.Refused() -> {
          if (agent != null) {
            agent.remove();
          }
          yield null;
        }
        case SessionAnswer.Served(var program) -> {
          if (agent != null) {
            made.lend(agent);
          }
          made.run(program);
          sessions.put(key, made);
          yield made;
        }
      };
    }
  }

  /** Null where the client lends no agent, or nobody could find the link. */
  private static @Nullable AgentLink link(
      @Nullable String agentSocket, @Nullable SessionDirectory agents) {
    if (agentSocket == null || agents == null) {
      return null;
    }
    AgentLink agent = new AgentLink(agents.newAgent());
    agent.leadTo(agentSocket);
    return agent;
  }

  private static SessionStart with(SessionStart start, AgentLink agent) {
    Granted granted = start.granted();
    return start.with(
        start.request(),
        new Granted(
            granted.environment(), granted.original(), agent.path().toString(), granted.display()));
  }

  private void forget(Key key, @Nullable AgentLink agent) {
    synchronized (sessions) {
      sessions.remove(key);
    }
    if (agent != null) {
      agent.remove();
    }
  }

  private Map<Key, NamedSession> all() {
    synchronized (sessions) {
      return Map.copyOf(sessions);
    }
  }

  /** Ends every session. */
  @Override
  public void close() {
    all().values().forEach(NamedSession::kill);
    events.shutdown();
  }
}
