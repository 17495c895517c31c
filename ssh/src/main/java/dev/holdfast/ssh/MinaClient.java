package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Objects;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;

/** MINA's client with our connector in place of the one for sockets, see {@link MinaServer}. */
final class MinaClient extends SshClient {
  private final long rekeyLimit;

  private MinaClient(long rekeyLimit) {
    this.rekeyLimit = rekeyLimit;
  }

  /** A client by our {@link Settings} and {@link Algorithms}, not started. */
  static MinaClient create(long rekeyLimit) {
    MinaClient client =
        (MinaClient) ClientBuilder.builder().factory(() -> new MinaClient(rekeyLimit)).build();
    Settings.applyToClient(client);
    Algorithms.offerAsClient(client);
    client.addSessionListener(RekeyMeter.RESTARTER);
    client.setSessionFactory(transports(client));
    client.setServerKeyVerifier((session, address, key) -> isExpected(session, key));
    client.setUserAuthFactories(List.of(KeyLogin.factory()));
    client.setServiceFactories(
        List.of(EagerLogin.factory(), ClientConnectionServiceFactory.INSTANCE));
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setChannelFactories(LedChannel.factories());
    client.setGlobalRequestHandlers(List.of(new AnnouncedKeys()));
    client.setKexExtensionHandler(new ServerPings());
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setAgentFactory(OfferedKeys.factory());
    return client;
  }

  @Override
  protected IoConnector createConnector() {
    return new StreamConnector(getSessionFactory(), rekeyLimit);
  }

  /** Begins SSH on {@code stream}; not past the identification strings when it returns. */
  ClientTransport connect(Duplex stream, Target target) throws IOException {
    HostConfigEntry onlyTheKeysOfTheTarget = new HostConfigEntry();
    onlyTheKeysOfTheTarget.setIdentitiesOnly(true);
    return (ClientTransport)
        doConnect(
                target.user(),
                // The library wants a certificate to hold for where it believes to connect to.
                target
                    .hostKey()
                    .certifiedName()
                    .<SocketAddress>map(name -> InetSocketAddress.createUnresolved(name, 0))
                    .orElseGet(stream::remoteAddress),
                AttributeRepository.ofKeyValuePair(Dialled.KEY, new Dialled(stream, target)),
                null,
                KeyIdentityProvider.EMPTY_KEYS_PROVIDER,
                onlyTheKeysOfTheTarget)
            .verify()
            .getSession();
  }

  private static SessionFactory transports(MinaClient client) {
    return new SessionFactory(client) {
      @Override
      protected ClientSessionImpl doCreateSession(IoSession stream) throws Exception {
        return new ClientTransport(getClient(), stream);
      }
    };
  }

  private static boolean isExpected(ClientSession session, PublicKey key) {
    Dialled dialled =
        Objects.requireNonNull(session.getConnectionContext().getAttribute(Dialled.KEY));
    return SshKeys.isStrong(SshKeys.certified(key).orElse(key))
        && dialled.target().hostKey().accepts(key);
  }
}
