package dev.holdfast.auth;

import dev.holdfast.access.Change;
import dev.holdfast.access.Lock;
import dev.holdfast.access.User;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers of what changes in the store, whichever service changed it: the store is read from
 * the last revision on, again and again, and at once after a change of our own. A database's own
 * notifications would be lost with its connection. Thread-safe.
 */
final class Feed implements AutoCloseable {
  /** Time between two looks. */
  static final long LOOK_MILLIS = 400;

  /** Changes read at a time. */
  private static final int BATCH = 500;

  private static final Logger log = LoggerFactory.getLogger(Feed.class);

  private final Database database;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final Semaphore nudged = new Semaphore(0);
  private final Thread reader;
  private volatile boolean closed;
  private long revision;

  private Feed(Database database, long revision) {
    this.database = database;
    this.revision = revision;
    reader = Thread.ofVirtual().name("holdfast-feed").unstarted(this::read);
  }

  static Feed start(Database database) throws IOException {
    Feed feed = new Feed(database, database.transact(DocumentTable::lastRevision));
    feed.reader.start();
    return feed;
  }

  /** Tells {@code watcher} of changes, in order, on a thread of its own. */
  AutoCloseable watch(Consumer<Change> watcher) {
    Watcher one = Watcher.start(watcher);
    watchers.add(one);
    return () -> {
      watchers.remove(one);
      one.close();
    };
  }

  /** Something has changed. */
  void nudge() {
    nudged.release();
  }

  private void read() {
    while (!closed) {
      try {
        if (nudged.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          nudged.drainPermits();
        }
        look();
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        // By revision: what happens meanwhile is told once the database is back.
        log.debug("the store can't be watched: {}", e.getMessage());
      } catch (RuntimeException e) {
        log.error("A change could not be told of.", e);
      }
    }
  }

  private record Seen(long revision, List<Change> changes) {}

  private void look() throws IOException {
    long from = revision;
    Seen seen = database.transact(tx -> changes(tx, from));
    revision = seen.revision;
    seen.changes.forEach(change -> watchers.forEach(watcher -> watcher.tell(change)));
  }

  private static Seen changes(Tx tx, long from) throws SQLException {
    List<Change> changes = new ArrayList<>();
    long last = from;
    for (DocumentTable.Changed changed : DocumentTable.after(tx, from, BATCH)) {
      last = Math.max(last, changed.revision());
      changes.addAll(changes(tx, changed));
    }
    return new Seen(last, changes);
  }

  private static List<Change> changes(Tx tx, DocumentTable.Changed it) throws SQLException {
    return switch (it.kind()) {
      case "lock" ->
          List.of(
              it.body() == null
                  ? new Change.Unlocked(it.name())
                  : new Change.Locked(DocumentTable.read(it.body(), Lock.class)));
      case "user" -> List.of(new Change.UserChanged(it.name()));
      case "role" -> usersWith(tx, it.name());
      case "machine" -> {
        String[] words = it.name().split(" ", 2);
        yield List.of(new Change.NodeRemoved(words[0], words[1]));
      }
      case "session" ->
          it.body() == null
              ? List.of()
              : List.of(DocumentTable.read(it.body(), LiveSessions.Ending.class).change());
      case "ticket_key" -> List.of(new Change.TicketKeysChanged());
      default -> List.of(new Change.AuthoritiesChanged());
    };
  }

  private static List<Change> usersWith(Tx tx, String role) throws SQLException {
    List<Change> changes = new ArrayList<>();
    for (User user : UserTable.users(tx)) {
      if (user.roles().contains(role)) {
        changes.add(new Change.UserChanged(user.name()));
      }
    }
    return changes;
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    watchers.forEach(Watcher::close);
  }
}
