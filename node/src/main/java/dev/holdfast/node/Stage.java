package dev.holdfast.node;

import dev.holdfast.node.SessionKeys.Typist;
import dev.holdfast.terminal.Size;
import java.time.Duration;

/**
 * What clients' terminals are attached to: a program's terminal that several look at. Under its
 * lock, but for {@link #soon}, {@link #begin} and keys.
 */
interface Stage {
  /** What it is called in a sentence for people. */
  String title();

  /** Does something under the lock, after what was given before. */
  void soon(Runnable event);

  /** Its client may be shown something from now on. */
  void begin(Attachment client);

  /** It wants to go, and is told the sentence. */
  void detach(Attachment client, String sentence);

  /** It has no connection any more. */
  void gone(Attachment client);

  /** Windows have changed. */
  void negotiate();

  /** The program that had to wait need not, perhaps. */
  void mayGoOn();

  /** What brings a window up to date that knows the scrollback as far as the offset. */
  byte[] repaint(Size window, long scrollbackOffset);

  /** Types bytes; returns how many no longer count against the client's window. */
  int type(Typist typist, byte[] bytes, int offset, int length);

  void signal(String signal);

  boolean sendBreak(Duration length);

  boolean echoes();
}
