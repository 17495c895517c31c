package dev.holdfast.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.helpers.AbstractSession;

/** A connection on which somebody has logged in. Thread-safe. */
record EnteredConnection(AbstractSession session) implements Entrant {
  /** For the sentence to be taken by the stream. */
  private static final Duration GOODBYE = Duration.ofMillis(500);

  @Override
  public void end(String sentence) {
    if (!session.isClosing()) {
      // Not here: whoever decides shall not wait for a client that does not read.
      Thread.ofVirtual().name("ssh-end").start(() -> endBy(sentence));
    }
  }

  /** A client that does not read does not stay. */
  private void endBy(String sentence) {
    CountDownLatch over = new CountDownLatch(1);
    session.addCloseFutureListener(future -> over.countDown());
    disconnect(session, sentence);
    try {
      if (!over.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
        session.close(true);
      }
    } catch (InterruptedException e) {
      session.close(true);
    }
  }

  @Override
  public Optional<SignedLogin> signed() {
    return Optional.ofNullable(session.getAttribute(UserAuthentication.SIGNED));
  }

  @Override
  public boolean isOver() {
    return session.isClosing();
  }

  static void disconnect(AbstractSession session, String why) {
    disconnect(session, SshConstants.SSH2_DISCONNECT_BY_APPLICATION, why);
  }

  /** The same with a reason of RFC 4253 11.1. */
  static void disconnect(AbstractSession session, int reason, String why) {
    try {
      session.disconnect(reason, why);
    } catch (IOException e) {
      session.close(true);
    }
  }
}
