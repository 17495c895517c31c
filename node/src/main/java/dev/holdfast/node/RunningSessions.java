package dev.holdfast.node;

import dev.holdfast.access.Change;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of a node by what audit events call them, for who has one ended. Thread-safe. */
public final class RunningSessions {
  private static final Logger log = LoggerFactory.getLogger(RunningSessions.class);

  /** As many as there are channels of sessions. */
  private final Map<String, AuditedSession> sessions = new ConcurrentHashMap<>();

  void add(String name, AuditedSession session) {
    sessions.put(name, session);
  }

  void remove(String name) {
    sessions.remove(name);
  }

  /** Whether there is that one. */
  public boolean has(String name) {
    return sessions.containsKey(name);
  }

  int size() {
    return sessions.size();
  }

  /** Takes note of a change: a session of this node that somebody wants to end does. */
  public void take(Change change) {
    if (change instanceof Change.SessionEnding(String name, String sentence)) {
      AuditedSession session = sessions.get(name);
      if (session != null) {
        log.info("the session {} ends: {}", name, sentence);
        session.end(sentence);
      }
    }
  }
}
