package dev.holdfast.node;

import dev.holdfast.node.SessionKeys.Typist;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A program with a terminal that stays when clients go. For the program it is the client; for the
 * clients it is the program.
 *
 * <p>The terminal has the size of the smallest window of those that may type, so that each of them
 * sees all of it; the last size stays when nobody is attached. While one client alone is attached,
 * a program that writes faster than it takes has to wait; otherwise it never waits for a client.
 *
 * <p>Thread-safe: one lock, under which nothing waits. What clients cause, but for their keys,
 * comes through {@code events}, since it may come from within a call of theirs.
 */
final class NamedSession implements ClientEnd, Stage {
  /** Bytes taken from the program at once. */
  private static final int PORTION = 32 * 1024;

  private final String name;
  private final Executor events;
  private final Runnable atEnd;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Terminal terminal;
  private final SessionKeys keys = new SessionKeys();
  private final List<Attachment> attached = new ArrayList<>();
  private final byte[] portion = new byte[PORTION];
  private volatile @Nullable AgentLink agent;
  private @Nullable ServedSession program;
  private boolean begun;
  private boolean held;
  private boolean ended;
  private long lastNanos;

  /**
   * One without a program yet.
   *
   * @param atEnd called when the program has ended, or was killed
   */
  NamedSession(
      String name,
      Size size,
      Settings settings,
      Executor events,
      Runnable atEnd,
      LongSupplier nanoTime) {
    this.name = name;
    this.events = events;
    this.atEnd = atEnd;
    this.nanoTime = nanoTime;
    terminal = new Terminal(size, settings);
    lastNanos = nanoTime.getAsLong();
  }

  @Override
  public String title() {
    return name;
  }

  @Override
  public void begin(Attachment client) {
    soon(() -> attach(client));
  }

  /** Called once, before anything else. */
  void run(ServedSession target) {
    program = target;
    keys.goTo(target);
  }

  /** Where its programs find an agent; called once, before anything else. */
  void lend(AgentLink link) {
    agent = link;
  }

  /** Its programs reach another agent from now on, if they reach any. */
  void agentIs(String socket) {
    AgentLink link = agent;
    if (link != null) {
      link.leadTo(socket);
    }
  }

  @Override
  public void soon(Runnable event) {
    events.execute(() -> {
      lock.lock();
      try {
        event.run();
      } finally {
        lock.unlock();
      }
    });
  }

  NamedSessionState state(String user) {
    lock.lock();
    try {
      Duration idle = Duration.ofNanos(nanoTime.getAsLong() - lastNanos);
      return new NamedSessionState(
          user, name, attached.size(), idle, terminal.size(), terminal.title());
    } finally {
      lock.unlock();
    }
  }

  // What the program does.

  @Override
  public int write(Output output, Source source) throws IOException {
    lock.lock();
    try {
      if (mustWait()) {
        held = true;
        return NO_ROOM;
      }
      int count = source.read(portion, 0, PORTION);
      if (count > 0) {
        show(count);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isWritable() {
    lock.lock();
    try {
      return !mustWait();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void consumed(int bytes) {
    keys.consumed(bytes);
  }

  @Override
  public void end() {}

  @Override
  public void exit(Ending ending) {
    lock.lock();
    try {
      ended = true;
      attached.forEach(client -> client.end(ending));
      attached.clear();
      target().closed();
    } finally {
      lock.unlock();
    }
    atEnd.run();
  }

  private boolean mustWait() {
    return attached.size() == 1 && attached.getFirst().isFull(PORTION);
  }

  private void show(int count) {
    long before = terminal.scrollbackEnd();
    terminal.feed(portion, 0, count);
    lastNanos = nanoTime.getAsLong();
    if (!terminal.hasNoAnswers()) {
      byte[] answers = terminal.takeAnswers();
      if (attached.isEmpty()) {
        keys.answer(answers);
      }
    }
    for (Attachment client : attached) {
      client.output(portion, 0, count, before);
    }
  }

  // What clients do: under the lock, but for keys.

  @Override
  public int type(Typist typist, byte[] bytes, int offset, int length) {
    return keys.type(typist, bytes, offset, length);
  }

  @Override
  public void signal(String signal) {
    target().signal(signal);
  }

  @Override
  public boolean sendBreak(Duration length) {
    return target().sendBreak(length);
  }

  @Override
  public boolean echoes() {
    return target().echoes();
  }

  void attach(Attachment client) {
    if (ended) {
      client.leave("session " + name + " has ended");
      return;
    }
    if (client.mode() == AttachMode.TAKE) {
      for (Attachment other : List.copyOf(attached)) {
        detach(other, "session " + name + " was attached elsewhere");
      }
    }
    attached.add(client);
    lastNanos = nanoTime.getAsLong();
    resize();
    client.start(terminal);
    chooseAnswerer();
    if (!begun) {
      begun = true;
      target().begin();
    }
    mayGoOn();
  }

  @Override
  public void detach(Attachment client, String sentence) {
    if (attached.contains(client)) {
      gone(client);
      client.leave(sentence);
    }
  }

  @Override
  public void gone(Attachment client) {
    if (attached.remove(client)) {
      keys.forget(client.typist());
      negotiate();
      mayGoOn();
    }
  }

  @Override
  public void negotiate() {
    resize();
    attached.forEach(client -> client.sized(terminal));
    chooseAnswerer();
  }

  /** The program's questions reach several terminals, and it wants one answer: the first one's. */
  private void chooseAnswerer() {
    Attachment chosen = null;
    for (Attachment client : attached) {
      if (chosen == null && client.writes() && client.isExact()) {
        chosen = client;
      }
      client.mayAnswer(client == chosen);
    }
  }

  @Override
  public void mayGoOn() {
    if (held && !mustWait()) {
      held = false;
      target().writable();
    }
  }

  @Override
  public byte[] repaint(Size window, long scrollbackOffset) {
    return Repaint.of(terminal, window, Repaint.From.TOP, scrollbackOffset);
  }

  /** Hangs up on the program and tells all that are attached. */
  void kill() {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      attached.forEach(client -> client.leave("session " + name + " was killed"));
      attached.clear();
      target().signal("HUP");
      target().closed();
    } finally {
      lock.unlock();
    }
    atEnd.run();
  }

  private void resize() {
    int columns = Integer.MAX_VALUE;
    int rows = Integer.MAX_VALUE;
    for (Attachment client : attached) {
      if (client.writes()) {
        columns = Math.min(columns, client.window().columns());
        rows = Math.min(rows, client.window().rows());
      }
    }
    if (columns == Integer.MAX_VALUE || ended) {
      return;
    }
    Size smallest = new Size(columns, rows);
    if (!begun || !smallest.equals(terminal.size())) {
      terminal.resize(smallest);
      target().resize(new WindowSize(columns, rows, 0, 0));
    }
  }

  private ServedSession target() {
    return Objects.requireNonNull(program, "no program was given");
  }
}
