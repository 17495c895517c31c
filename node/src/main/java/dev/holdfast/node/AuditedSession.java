package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.WindowSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A session that begins when its start is on record. Until then what its client does waits, in
 * order: input as far as the window lets it come, and little else. Thread-safe.
 */
final class AuditedSession implements ServedSession {
  /** Things that wait for the session to begin, beside input; of more the client is at fault. */
  static final int MOST_WAITING = 1_000;

  private final AuditedSessions.Beginning beginning;
  private final SessionStart start;
  private final EndableClient client;
  private final SessionTrail trail;
  private final @Nullable FileRequests files;
  private final Runnable over;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What waits, guarded by itself. */
  private final Deque<Step> waiting = new ArrayDeque<>();

  /** What serves it; null until it has begun and all that waited is done. */
  private volatile @Nullable ServedSession served;

  private boolean gone;

  /** Something that the client did. */
  @FunctionalInterface
  private interface Step {
    void run(ServedSession session);
  }

  /** Input that waits; the next of it comes to it, for it may come a byte at a time. */
  private final class Input implements Step {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void run(ServedSession session) {
      int taken = session.input(bytes.toByteArray(), 0, bytes.size());
      if (taken > 0) {
        client.consumed(taken);
      }
    }
  }

  /**
   * A session.
   *
   * @param over is run when its channel is gone
   */
  AuditedSession(
      AuditedSessions.Beginning beginning,
      SessionStart start,
      ClientEnd client,
      SessionTrail trail,
      Runnable over) {
    this.beginning = beginning;
    this.start = start;
    this.client = new EndableClient(client.heardBy(trail::ended), start.pty() != null);
    this.trail = trail;
    this.over = over;
    boolean sftp =
        start.request() instanceof SessionRequest.Subsystem(String name) && name.equals("sftp");
    files = sftp ? new FileRequests(trail::asked) : null;
  }

  @Override
  public void begin() {
    Thread.ofVirtual().name("holdfast-session-start").start(this::start);
  }

  private void start() {
    ServedSession session = recorded();
    session.begin();
    while (true) {
      Step next;
      synchronized (waiting) {
        next = waiting.poll();
        if (next == null) {
          served = session;
          return;
        }
      }
      next.run(session);
    }
  }

  /** The session, or what tells the client why there is none. */
  private ServedSession recorded() {
    try {
      trail.starts();
    } catch (IOException e) {
      trail.refused("its audit event could not be kept");
      return unstarted("This session can't be noted in the audit log now; try again soon.");
    }
    synchronized (waiting) {
      if (gone) {
        return unstarted("The client has gone.");
      }
    }
    return switch (beginning.begin(start, client, trail)) {
      case SessionAnswer.Served(ServedSession session) -> session;
      case SessionAnswer.Refused refused -> {
        trail.refused("the node does not start it");
        yield unstarted("This session is not permitted.");
      }
    };
  }

  private ServedSession unstarted(String sentence) {
    return new UnstartedSession(client, start.pty() != null, sentence);
  }

  /** Does something now, or when the session has begun. */
  private void run(Step step) {
    ServedSession now = served;
    if (now == null) {
      synchronized (waiting) {
        now = served;
        if (now == null) {
          if (waiting.size() < MOST_WAITING) {
            waiting.add(step);
          }
          return;
        }
      }
    }
    step.run(now);
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    if (files != null) {
      files.pass(bytes, offset, length);
    }
    ServedSession now = served;
    if (now != null) {
      return now.input(bytes, offset, length);
    }
    synchronized (waiting) {
      now = served;
      if (now == null) {
        if (!(waiting.peekLast() instanceof Input)) {
          waiting.add(new Input());
        }
        if (waiting.peekLast() instanceof Input input) {
          input.bytes.write(bytes, offset, length);
        }
        return 0;
      }
    }
    return now.input(bytes, offset, length);
  }

  @Override
  public void inputEnded() {
    run(ServedSession::inputEnded);
  }

  @Override
  public void resize(WindowSize size) {
    trail.resized(size);
    run(session -> session.resize(size));
  }

  @Override
  public void signal(String name) {
    run(session -> session.signal(name));
  }

  @Override
  public boolean sendBreak(Duration length) {
    ServedSession now = served;
    return now != null && now.sendBreak(length);
  }

  @Override
  public void writable() {
    run(ServedSession::writable);
  }

  /** Ends it for somebody who is not its client, who is told the sentence. */
  void end(String sentence) {
    run(session -> {
      trail.ended("reason", sentence);
      client.leave(sentence);
      close(session);
    });
  }

  /** What serves it hears of it once. */
  private void close(ServedSession session) {
    if (closed.compareAndSet(false, true)) {
      session.closed();
    }
  }

  @Override
  public void closed() {
    over.run();
    Step end =
        session -> {
          trail.ended("reason", "the client has gone");
          close(session);
        };
    ServedSession now;
    synchronized (waiting) {
      gone = true;
      now = served;
      if (now == null) {
        // Whatever waits: this has to be known.
        waiting.add(end);
        return;
      }
    }
    end.run(now);
  }
}
