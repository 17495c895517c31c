package dev.holdfast.node;

import dev.holdfast.node.SessionKeys.Typist;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's terminal attached to a session. If its window has the session's size it gets the
 * program's own bytes; if not, or if it lags behind by more than {@link #MOST_WAITING}, its screen
 * is painted anew as soon as it has taken what it was sent, with the lines that it missed.
 *
 * <p>Input is confined to the thread that reads the connection; the rest is guarded by the
 * session's lock.
 */
final class Attachment implements ServedSession {
  /** Most bytes of the program's that wait for one client. */
  static final int MOST_WAITING = 256 * 1024;

  /** Ctrl-\, which nothing but a core dump is made with; then d. */
  private static final byte PREFIX = 0x1c;

  private static final byte DETACH = 'd';
  private static final Logger log = LoggerFactory.getLogger(Attachment.class);

  private final Stage session;
  private final ClientEnd client;
  private final AttachMode mode;
  private final Typist typist;
  private final ByteQueue waiting = new ByteQueue(MOST_WAITING);
  private boolean prefixed;
  private volatile boolean answers = true;

  private Size window;
  private boolean exact;
  private byte @Nullable [] painting;
  private int painted;
  private boolean behind;
  private long behindFrom;
  private @Nullable Ending ending;
  private byte @Nullable [] last;
  private boolean ended;
  private volatile boolean left;
  private volatile boolean muted;

  Attachment(Stage session, ClientEnd client, AttachMode mode, Size window) {
    this.session = session;
    this.client = client;
    this.mode = mode;
    this.window = window;
    typist = new Typist(client);
  }

  Size window() {
    return window;
  }

  boolean writes() {
    return mode != AttachMode.WATCH;
  }

  /** Whether its terminal gets the program's questions. */
  boolean isExact() {
    return exact;
  }

  /** Whether what its terminal answers goes to the program; another one's does if not. */
  void mayAnswer(boolean may) {
    answers = may;
  }

  /** Nothing that its client types counts before it has begun to be shown something. */
  void mute() {
    muted = true;
  }

  private boolean types() {
    return writes() && !muted;
  }

  AttachMode mode() {
    return mode;
  }

  @Override
  public void begin() {
    session.begin(this);
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    int left = 0;
    int from = offset;
    for (int at = offset; at < offset + length; at++) {
      if (prefixed) {
        prefixed = false;
        if (bytes[at] == DETACH) {
          session.soon(() -> session.detach(this, "detached from " + session.title()));
          return length;
        }
        int typed = type(new byte[] {PREFIX}, 0, 1);
        client.consumed(typed);
        if (bytes[at] == PREFIX) {
          left++;
          from = at + 1;
        }
      } else if (bytes[at] == PREFIX) {
        left += type(bytes, from, at - from);
        prefixed = true;
        from = at + 1;
      }
    }
    return left + type(bytes, from, offset + length - from);
  }

  @Override
  public boolean echoes() {
    return writes() && session.echoes();
  }

  private int type(byte[] bytes, int from, int count) {
    if (!types() || count == 0) {
      return count;
    }
    if (answers) {
      return session.type(typist, bytes, from, count);
    }
    byte[] keys = TerminalAnswers.without(bytes, from, count);
    return count - keys.length + session.type(typist, keys, 0, keys.length);
  }

  /** A terminal's line does not end with its client's; the next one may type on. */
  @Override
  public void inputEnded() {}

  @Override
  public void resize(WindowSize size) {
    Size wanted = Size.wanted(size.columns(), size.rows());
    session.soon(() -> {
      window = wanted;
      session.negotiate();
    });
  }

  @Override
  public void signal(String name) {
    if (types()) {
      session.signal(name);
    }
  }

  @Override
  public boolean sendBreak(Duration length) {
    return types() && session.sendBreak(length);
  }

  @Override
  public void writable() {
    session.soon(() -> {
      pump();
      session.mayGoOn();
    });
  }

  @Override
  public void closed() {
    session.soon(() -> session.gone(this));
  }

  Typist typist() {
    return typist;
  }

  /** Begins with the whole scrollback and the screen. */
  void start(Terminal terminal) {
    exact = window.equals(terminal.size());
    muted = false;
    paint(Repaint.of(terminal, window, Repaint.From.CURSOR, 0));
    pump();
  }

  /** The session has another size, or this window has. */
  void sized(Terminal terminal) {
    boolean fits = window.equals(terminal.size());
    if (!fits || !exact) {
      fallBehind(terminal.scrollbackEnd());
    }
    exact = fits;
    pump();
  }

  /**
   * The program wrote.
   *
   * @param scrollbackEnd of the terminal before that
   */
  void output(byte[] bytes, int offset, int count, long scrollbackEnd) {
    if (!exact || waiting.size() + count > MOST_WAITING) {
      fallBehind(scrollbackEnd);
    }
    if (!behind) {
      waiting.add(bytes, offset, count);
    }
    pump();
  }

  /** Whether another {@code count} bytes would have to be left out. */
  boolean isFull(int count) {
    return exact && !ended && waiting.size() + count > MOST_WAITING;
  }

  /** Whether it was detached, or the session killed, rather than that the program ended. */
  boolean hasLeft() {
    return left;
  }

  /** Nothing more of the program, but a last sentence; then the end. */
  void leave(String sentence) {
    left = true;
    muted = true;
    waiting.clear();
    behind = false;
    paint(farewell(sentence));
    end(new Ending.Status(0));
  }

  private static byte[] farewell(String sentence) {
    byte[] farewell = Repaint.farewell();
    byte[] said = ("[" + sentence + "]\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[farewell.length + said.length];
    System.arraycopy(farewell, 0, all, 0, farewell.length);
    System.arraycopy(said, 0, all, farewell.length, said.length);
    return all;
  }

  /** The same, behind a last sentence. */
  void end(Ending told, String sentence) {
    last = farewell(sentence);
    end(told);
  }

  /** When everything is sent, the client is told this. */
  void end(Ending told) {
    ending = told;
    pump();
  }

  private void fallBehind(long scrollbackEnd) {
    if (!behind) {
      behind = true;
      behindFrom = scrollbackEnd;
    }
  }

  private void paint(byte[] bytes) {
    painting = bytes;
    painted = 0;
  }

  /** Sends what the client has room for. */
  private void pump() {
    try {
      while (!ended && (sendPainting() || sendWaiting() || catchUp() || sayLast())) {
        // What is next follows what is there.
      }
      if (!ended && painting == null && waiting.size() == 0 && !behind && ending != null) {
        ended = true;
        client.exit(ending);
      }
    } catch (IOException e) {
      log.debug("output to a client: {}", e.getMessage());
    }
  }

  private boolean sendPainting() throws IOException {
    byte[] bytes = painting;
    if (bytes == null) {
      return false;
    }
    int count =
        client.write(
            ClientEnd.Output.STDOUT,
            (target, offset, length) -> {
              int part = Math.min(length, bytes.length - painted);
              System.arraycopy(bytes, painted, target, offset, part);
              return part;
            });
    if (count > 0) {
      painted += count;
    }
    if (painted == bytes.length) {
      painting = null;
    }
    return count > 0;
  }

  private boolean sendWaiting() throws IOException {
    if (painting != null || waiting.size() == 0) {
      return false;
    }
    int count =
        client.write(
            ClientEnd.Output.STDOUT,
            (target, offset, length) ->
                waiting.drain((bytes, at, size) -> {
                  int part = Math.min(length, size);
                  System.arraycopy(bytes, at, target, offset, part);
                  return part;
                }));
    return count > 0;
  }

  private boolean catchUp() {
    if (!behind || painting != null || waiting.size() > 0) {
      return false;
    }
    behind = false;
    paint(session.repaint(window, behindFrom));
    return true;
  }

  private boolean sayLast() {
    byte[] said = last;
    if (said == null || ending == null || painting != null || waiting.size() > 0 || behind) {
      return false;
    }
    last = null;
    paint(said);
    return true;
  }
}
