package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd.Ending;

/**
 * How a process ended, as waitpid(2) tells it:
 *
 * <pre>
 *   bits 8-15 exit status | bit 7 core dumped | bits 0-6 signal, 0 if it exited
 * </pre>
 *
 * @param raw those bits
 */
record WaitStatus(int raw) {
  private static final int CORE = 0x80;

  /** What the client is told. */
  Ending ending() {
    int signal = raw & 0x7f;
    return signal == 0
        ? new Ending.Status(raw >> 8 & 0xff)
        : new Ending.Signal(Signals.name(signal), (raw & CORE) != 0, "");
  }
}
