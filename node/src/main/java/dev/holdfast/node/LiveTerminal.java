package dev.holdfast.node;

import dev.holdfast.node.SessionKeys.Typist;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.ServedSessionAround;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of a live session between its program and its owner, which others, its guests, may
 * be attached to. It has the owner's size, and neither he nor the program ever waits for a guest:
 * one who lags is painted anew. Who comes and goes is said in the terminal, so all see it.
 *
 * <p>Thread-safe: one lock, under which nothing waits. What guests cause, but for their keys, comes
 * through {@code events}, since it may come from within a call of theirs.
 */
final class LiveTerminal implements ClientEnd, Stage, JoinableTerminal {
  /** Some 200 lines above the screen: each session with a terminal has them. */
  private static final Settings SETTINGS = new Settings(16 * 1024, true);

  private final Owner owner;
  private final ClientEnd client;
  private final Executor events;
  private final Runnable atEnd;
  private final ReentrantLock lock = new ReentrantLock();
  private final LazyTerminal terminal;
  private final SessionKeys keys = new SessionKeys();
  private final Typist typist;
  private final GuestList guests;
  private final Source passing = this::pass;
  private @Nullable Source source;
  private volatile @Nullable ServedSession program;
  private boolean ended;

  /**
   * One without a program yet.
   *
   * @param atEnd called when nobody can join it any more; may be called twice
   */
  LiveTerminal(Owner owner, ClientEnd client, Size size, Executor events, Runnable atEnd) {
    this.owner = owner;
    this.client = client;
    this.events = events;
    this.atEnd = atEnd;
    terminal = new LazyTerminal(new Terminal(size, SETTINGS));
    typist = new Typist(client);
    guests = new GuestList(owner.user());
  }

  @Override
  public Owner owner() {
    return owner;
  }

  /** Called once, before anything else; returns what the owner's channel sees of it. */
  ServedSession serve(ServedSession served) {
    program = served;
    keys.goTo(served);
    return new Owned(served);
  }

  @Override
  public boolean hasPlace() {
    lock.lock();
    try {
      return !ended && guests.hasPlace();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Attachment guest(String user, ClientEnd end, AttachMode mode, Size window) {
    Attachment guest = new Attachment(this, end, mode, window);
    guest.mayAnswer(false);
    guest.mute();
    lock.lock();
    try {
      if (guests.hasPlace()) { // Another one may have come since that was asked.
        guests.expect(guest, user);
      }
    } finally {
      lock.unlock();
    }
    return guest;
  }

  @Override
  public String title() {
    return owner.user() + "'s session";
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

  // What the program does.

  @Override
  public int write(Output output, Source from) throws IOException {
    lock.lock();
    try {
      source = from;
      return client.write(output, passing);
    } finally {
      source = null;
      lock.unlock();
    }
  }

  private int pass(byte[] target, int offset, int length) throws IOException {
    Source from = source;
    int count = from == null ? 0 : from.read(target, offset, length);
    if (count > 0) {
      show(target, offset, count);
    }
    return count;
  }

  private void show(byte[] bytes, int offset, int count) {
    if (guests.here().isEmpty()) {
      terminal.feed(bytes, offset, count);
      return;
    }
    long before = terminal.current().scrollbackEnd();
    terminal.feed(bytes, offset, count);
    for (Attachment guest : guests.here()) {
      guest.output(bytes, offset, count, before);
    }
  }

  @Override
  public boolean isWritable() {
    return client.isWritable();
  }

  @Override
  public void consumed(int bytes) {
    keys.consumed(bytes);
  }

  @Override
  public void end() {
    lock.lock();
    try {
      client.end();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void exit(Ending ending) {
    String how =
        switch (ending) {
          case Ending.Status(int status) -> " has ended with status " + status;
          case Ending.Signal(String name, _, _) -> " was ended by SIG" + name;
          case Ending.Silent() -> " has ended";
        };
    lock.lock();
    try {
      endForGuests(ending, title() + how);
      client.exit(ending);
    } finally {
      lock.unlock();
    }
    atEnd.run();
  }

  /** Its channel is gone, whoever ended it. */
  private void ownerGone() {
    lock.lock();
    try {
      endForGuests(new Ending.Status(UnstartedSession.STATUS), title() + " was ended");
    } finally {
      lock.unlock();
    }
    atEnd.run();
  }

  private void endForGuests(Ending ending, String sentence) {
    if (!ended) {
      ended = true;
      guests.here().forEach(guest -> guest.end(ending, sentence));
      guests.clear();
    }
  }

  // What guests do: under the lock, but for keys.

  @Override
  public void begin(Attachment guest) {
    events.execute(() -> come(guest));
  }

  /** The owner knows first. On the thread of events, without the lock. */
  private void come(Attachment guest) {
    byte[] line = coming(guest);
    ServedSession served = program;
    boolean told =
        line != null && served != null && served.say(line, GuestList.MOST * GuestList.MOST_LINE);
    lock.lock();
    try {
      if (ended) {
        guest.leave(title() + " has ended");
      } else if (line == null) {
        guest.leave(title() + " has no place for another guest");
      } else if (told) {
        guests.came(guest);
        guest.start(terminal.current());
      } else {
        guests.forget(guest);
        guest.leave(title() + " has an owner who can't be told that you come; try again later");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Null if he has no place, or does not want it any more. */
  private byte @Nullable [] coming(Attachment guest) {
    lock.lock();
    try {
      return guests.expects(guest) ? guests.coming(guest, terminal.current()) : null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void detach(Attachment guest, String sentence) {
    gone(guest);
    guest.leave(sentence);
  }

  @Override
  public void gone(Attachment guest) {
    if (guests.went(guest)) {
      keys.forget(guest.typist());
      byte[] line = guests.going(guest, terminal.current());
      events.execute(() -> say(line));
    }
    guests.forget(guest);
  }

  private void say(byte[] line) {
    ServedSession served = program;
    if (served != null) {
      served.say(line, 0);
    }
  }

  /** The size is the owner's, whatever windows guests have. */
  @Override
  public void negotiate() {
    guests.here().forEach(guest -> guest.sized(terminal.current()));
  }

  /** It never had to. */
  @Override
  public void mayGoOn() {}

  @Override
  public byte[] repaint(Size window, long scrollbackOffset) {
    return Repaint.of(terminal.current(), window, Repaint.From.TOP, scrollbackOffset);
  }

  @Override
  public int type(Typist from, byte[] bytes, int offset, int length) {
    return keys.type(from, bytes, offset, length);
  }

  @Override
  public void signal(String signal) {
    ServedSession served = program;
    if (served != null) {
      served.signal(signal);
    }
  }

  @Override
  public boolean sendBreak(Duration length) {
    ServedSession served = program;
    return served != null && served.sendBreak(length);
  }

  @Override
  public boolean echoes() {
    ServedSession served = program;
    return served != null && served.echoes();
  }

  /** What the owner does. */
  private final class Owned implements ServedSessionAround {
    private final ServedSession served;

    Owned(ServedSession served) {
      this.served = served;
    }

    @Override
    public ServedSession inner() {
      return served;
    }

    @Override
    public int input(byte[] bytes, int offset, int length) {
      return keys.type(typist, bytes, offset, length);
    }

    @Override
    public void resize(WindowSize size) {
      Size wanted = Size.wanted(size.columns(), size.rows());
      soon(() -> {
        terminal.current().resize(wanted);
        negotiate();
      });
      served.resize(size);
    }

    @Override
    public void closed() {
      served.closed();
      events.execute(LiveTerminal.this::ownerGone); // This may come from within his client's lock.
    }
  }
}
