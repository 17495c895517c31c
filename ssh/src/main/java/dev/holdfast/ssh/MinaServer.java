package dev.holdfast.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/**
 * MINA's server with our acceptor in place of the one for sockets.
 *
 * <p>Only the acceptor is replaced, not MINA's factory for all input and output: port forwarding
 * gets its sockets from there and shall go on doing so.
 */
final class MinaServer extends SshServer {
  private final ServerPolicy policy;

  private final HostIdentity identity;
  private volatile List<OpenSshCertificate> certificates;

  private MinaServer(ServerPolicy policy, HostIdentity identity) {
    this.policy = policy;
    this.identity = identity;
    certificates = identity.certificates();
  }

  /** Shows {@code added} to new connections, beside those of the settings; false if it is none. */
  boolean certify(String added) {
    Optional<OpenSshCertificate> certificate = HostIdentity.parse(added, identity.keys());
    certificate.ifPresent(one -> {
      List<OpenSshCertificate> all = new ArrayList<>(identity.certificates());
      all.removeIf(it -> SshKeys.areSame(it.getCertPubKey(), one.getCertPubKey()));
      all.add(one);
      certificates = List.copyOf(all);
    });
    return certificate.isPresent();
  }

  /** A server by our {@link Settings} and {@link Algorithms}, not started. */
  static MinaServer create(ServerPolicy policy, HostIdentity identity, Sessions sessions) {
    MinaServer server =
        (MinaServer)
            ServerBuilder.builder().factory(() -> new MinaServer(policy, identity)).build();
    Settings.applyToServer(server, policy.settings());
    Algorithms.offerAsServer(server, policy.settings());
    server.setKeyPairProvider(KeyPairProvider.wrap(identity.keys()));
    server.setHostKeyCertificateProvider(session -> server.certificates);
    server.setKexExtensionHandler(new ServerExtensions(policy));
    server.addSessionListener(RekeyMeter.RESTARTER);
    server.addSessionListener(Attempts.reporter(policy.watch()));
    server.addSessionListener(policy.penalties().reporter());
    server.setSessionFactory(transports(server));
    server.setServiceFactories(List.of(authentication(policy), ServerChannels.factory(policy)));
    server.setChannelFactories(List.of(sessionChannels(sessions)));
    server.setGlobalRequestHandlers(
        List.of(
            KeepAliveHandler.INSTANCE,
            NoMoreSessionsHandler.INSTANCE,
            HostKeys.PROOF,
            ForwardRequests.INSTANCE));
    // MINA wants ways to log in and a port before it starts; neither is used.
    server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    server.setPort(22);
    return server;
  }

  @Override
  protected IoAcceptor createAcceptor() {
    return new StreamAcceptor(
        getSessionFactory(), policy.settings().get(ServerOption.REKEY_LIMIT), policy.startups());
  }

  ServerPolicy policy() {
    return policy;
  }

  /** Where streams go in, once the server has started. */
  StreamAcceptor acceptor() {
    return (StreamAcceptor) Objects.requireNonNull(acceptor, "not started");
  }

  /** The streams of connections that have not ended; none once the server was closed. */
  Collection<IoSession> streams() {
    IoAcceptor present = acceptor;
    return present == null ? List.of() : present.getManagedSessions().values();
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

  private static ServiceFactory authentication(ServerPolicy policy) {
    return new ServiceFactory() {
      @Override
      public String getName() {
        return UserAuthentication.NAME;
      }

      @Override
      public Service create(Session session) throws IOException {
        return new UserAuthentication((AbstractServerSession) session, policy);
      }
    };
  }
}
