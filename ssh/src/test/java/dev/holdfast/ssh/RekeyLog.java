package dev.holdfast.ssh;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.session.helpers.ReservedSessionMessagesHandlerAdapter;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Counts the re-keys of a rig's connections: who asked for them, and how many there were. */
final class RekeyLog {
  private final AtomicInteger startedByServer = new AtomicInteger();
  private final AtomicInteger startedByClient = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  void watch(Rig rig) {
    rig.server.server.setReservedSessionMessagesHandler(new Starts(startedByServer));
    rig.client.client.setReservedSessionMessagesHandler(new Starts(startedByClient));
    rig.client.client.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionEvent(Session session, Event event) {
            if (event == Event.KeyEstablished && session.isAuthenticated()) {
              done.incrementAndGet();
            }
          }
        });
  }

  /** Re-keys that both sides asked for before they heard of each other. */
  int crossed() {
    return startedByServer.get() + startedByClient.get() - done.get();
  }

  int startedByServer() {
    return startedByServer.get();
  }

  int startedByClient() {
    return startedByClient.get();
  }

  @Override
  public String toString() {
    return "server started %s, client %s, done %s"
        .formatted(startedByServer, startedByClient, done);
  }

  /** Sees each KEXINIT that is sent; those that answer the peer's are sent in state RUN. */
  private static final class Starts extends ReservedSessionMessagesHandlerAdapter {
    private final AtomicInteger started;

    Starts(AtomicInteger started) {
      this.started = started;
    }

    @Override
    public @Nullable IoWriteFuture sendKexInitRequest(
        Session session, Map<KexProposalOption, String> proposal, Buffer packet) {
      if (session.isAuthenticated() && session.getKexState() == KexState.INIT) {
        started.incrementAndGet();
      }
      return null;
    }
  }
}
