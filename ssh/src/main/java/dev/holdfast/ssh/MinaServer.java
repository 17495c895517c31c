package dev.holdfast.ssh;

import java.security.PublicKey;
import java.util.List;
import java.util.Objects;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.global.OpenSshHostKeysHandler;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;
import org.apache.sshd.server.session.SessionFactory;

/**
 * MINA's server with our acceptor in place of the one for sockets.
 *
 * <p>Only the acceptor is replaced, not MINA's factory for all input and output: port forwarding
 * gets its sockets from there and shall go on doing so.
 */
final class MinaServer extends SshServer {
  private final long rekeyLimit;

  private MinaServer(long rekeyLimit) {
    this.rekeyLimit = rekeyLimit;
  }

  /** A server by our {@link Settings} and {@link Algorithms}, not started. */
  static MinaServer create(Authenticator authenticator, Sessions sessions, long rekeyLimit) {
    MinaServer server =
        (MinaServer) ServerBuilder.builder().factory(() -> new MinaServer(rekeyLimit)).build();
    Settings.applyToServer(server);
    Algorithms.offerAsServer(server);
    server.addSessionListener(RekeyMeter.RESTARTER);
    server.setSessionFactory(transports(server));
    server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    server.setPublickeyAuthenticator(
        (user, key, session) -> isAccepted(authenticator, user, key, session));
    server.setServiceFactories(
        List.of(ServerUserAuthServiceFactory.INSTANCE, LimitedChannels.factory()));
    server.setChannelFactories(List.of(sessionChannels(sessions)));
    server.setGlobalRequestHandlers(
        List.of(
            KeepAliveHandler.INSTANCE,
            NoMoreSessionsHandler.INSTANCE,
            OpenSshHostKeysHandler.INSTANCE));
    // MINA wants one before it starts; nothing listens on it.
    server.setPort(22);
    return server;
  }

  @Override
  protected IoAcceptor createAcceptor() {
    return new StreamAcceptor(getSessionFactory(), rekeyLimit);
  }

  /** Where streams go in, once the server has started. */
  StreamAcceptor acceptor() {
    return (StreamAcceptor) Objects.requireNonNull(acceptor, "not started");
  }

  private static SessionFactory transports(MinaServer server) {
    return new SessionFactory(server) {
      @Override
      protected ServerSessionImpl doCreateSession(IoSession stream) throws Exception {
        return new ServerTransport(getServer(), stream);
      }
    };
  }

  private static ChannelSessionFactory sessionChannels(Sessions sessions) {
    return new ChannelSessionFactory() {
      @Override
      public Channel createChannel(Session session) {
        return new SessionChannel(sessions);
      }
    };
  }

  private static boolean isAccepted(
      Authenticator authenticator, String user, PublicKey key, ServerSession session) {
    Login login = new Login(user, session.getClientAddress());
    return !(key instanceof OpenSshCertificate)
        && SshKeys.isStrong(key)
        && authenticator.accepts(login, key);
  }
}
