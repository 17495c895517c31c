package dev.holdfast.ssh;

import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** The client's side of the SSH transport on one stream, with back-pressure for who sends data. */
final class ClientTransport extends ClientSessionImpl {
  private static final int MOST_METHODS = 32;

  /** Characters of a server's last words that are shown. */
  static final int MOST_GOODBYE = 512;

  /** The number that servers give to the first channel of a connection. */
  private static final long FIRST_CHANNEL = 0;

  private final StreamIoSession stream;
  private final WindowBudget budget = new WindowBudget();
  private final LedConnections led = new LedConnections();
  private volatile List<String> loginMethods = List.of();
  private final AtomicBoolean numbersAreTaken = new AtomicBoolean();
  private volatile @Nullable PublicKey tried;
  private volatile @Nullable String goodbye;
  private volatile boolean isFull;

  ClientTransport(ClientFactoryManager client, IoSession stream) throws Exception {
    super(client, stream);
    this.stream = (StreamIoSession) stream;
    // Before anything is read: the login begins on the reader's thread as soon as there are keys.
    Target target = target();
    target.keys().forEach(this::addPublicKeyIdentity);
    setUserInteraction(new LoginQuestions(target.person(), target.offer()));
    CoreModuleProperties.PASSWORD_PROMPTS.set(this, target.person().tries());
  }

  /** Whom this transport was begun for. */
  Target target() {
    return Objects.requireNonNull(getConnectionContext().getAttribute(Dialled.KEY)).target();
  }

  /** Opens a channel and waits for the server to take it. */
  <C extends AbstractClientChannel> C open(C channel) throws IOException {
    try {
      getConnectionService().registerChannel(channel);
      Optional<OpenFuture> first = openFirst(channel);
      (first.isPresent() ? first.get() : channel.open()).verify();
      return channel;
    } catch (SshException e) {
      throw ChannelRefused.of(e);
    } catch (IllegalStateException e) {
      throw new IOException("The connection has ended.", e);
    }
  }

  /**
   * Opens the connection's first channel, if this is it. Whoever opens another one waits until that
   * is sent: numbers are given in the order of what the server reads.
   */
  private Optional<OpenFuture> openFirst(AbstractClientChannel channel) throws IOException {
    synchronized (numbersAreTaken) {
      return knowsFirstNumber() && channel instanceof ProgramChannel program
          ? Optional.of(program.openAs(FIRST_CHANNEL))
          : Optional.empty();
    }
  }

  /**
   * Whether the server will give the channel that is being opened the first number, so that what is
   * wanted of it need not wait for the answer. So do OpenSSH (channels.c, {@code channel_new}) and
   * we, if nothing that may have a channel at the server came before.
   */
  private boolean knowsFirstNumber() {
    String server = getServerVersion();
    return !numbersAreTaken.getAndSet(true)
        && (server.startsWith("SSH-2.0-OpenSSH_") || server.equals(ServerEngine.IDENTIFICATION));
  }

  /** The server may have channels that we know nothing of. */
  void numbersAreTaken() {
    synchronized (numbersAreTaken) {
      numbersAreTaken.set(true);
    }
  }

  /** Opens a channel; returns at once, and tells when the server has taken it. */
  <C extends AbstractClientChannel> CompletableFuture<C> begin(C channel) {
    CompletableFuture<C> opened = new CompletableFuture<>();
    numbersAreTaken();
    try {
      getConnectionService().registerChannel(channel);
      channel
          .open()
          .addListener(future -> {
            Throwable why = future.getException();
            if (why == null) {
              opened.complete(channel);
            } else {
              opened.completeExceptionally(ChannelRefused.of(why));
            }
          });
    } catch (IllegalStateException | IOException e) {
      opened.completeExceptionally(new IOException("The connection has ended.", e));
    }
    return opened;
  }

  StreamIoSession stream() {
    return stream;
  }

  /** The windows of the channels that are forwarded. */
  WindowBudget budget() {
    return budget;
  }

  /** Connections that the server leads to us. */
  LedConnections led() {
    return led;
  }

  /** The server was shown a signature of that key before it asked for one. */
  void tried(PublicKey key) {
    tried = key;
  }

  /** An RSA key may be tried again, for the server may know another of its algorithms. */
  boolean wasTried(PublicKey key) {
    PublicKey first = tried;
    return first != null && !(key instanceof RSAPublicKey) && KeyUtils.compareKeys(first, key);
  }

  /** Ways of logging in of which the server said last that they can go on. */
  List<String> loginMethods() {
    return loginMethods;
  }

  /** Why the server has ended the connection, if it gave a reason of its own. */
  Optional<String> goodbye() {
    return Optional.ofNullable(goodbye);
  }

  /** Whether the server ended it because the user has as many connections as he may have. */
  boolean isFull() {
    return isFull;
  }

  /** RFC 4253 11.1. Of codes only these are for what a server's administrator wants. */
  @Override
  protected void handleDisconnect(int code, String message, String language, Buffer buffer)
      throws Exception {
    isFull = code == SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS;
    if ((isFull || code == SshConstants.SSH2_DISCONNECT_BY_APPLICATION) && !message.isBlank()) {
      String shown = message.substring(0, Math.min(message.length(), MOST_GOODBYE));
      goodbye = shown.replaceAll("\\p{Cntrl}", " ").strip();
    }
    super.handleDisconnect(code, message, language, buffer);
  }

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    int start = buffer.rpos();
    int message = buffer.available() > 0 ? buffer.getUByte() : -1;
    if (message == ServerPings.PONG) {
      return;
    }
    if (message == SshConstants.SSH_MSG_USERAUTH_FAILURE) {
      loginMethods = List.of(buffer.getString().split(",", MOST_METHODS));
    }
    buffer.rpos(start);
    super.doHandleMessage(buffer);
  }

  // What is offered is asked for while the library builds this object: the target is there already.

  @Override
  public List<UserAuthFactory> getUserAuthFactories() {
    return new LoginQuestions(target().person(), target().offer()).ways();
  }

  @Override
  public List<KeyExchangeFactory> getKeyExchangeFactories() {
    return Algorithms.named(super.getKeyExchangeFactories(), target().offer().keyExchanges());
  }

  @Override
  public List<NamedFactory<Cipher>> getCipherFactories() {
    return Algorithms.named(super.getCipherFactories(), target().offer().ciphers());
  }

  @Override
  public List<NamedFactory<Mac>> getMacFactories() {
    return Algorithms.named(super.getMacFactories(), target().offer().macs());
  }

  /** In the order in which the host is known by them, so that a known one comes first. */
  @Override
  protected String resolveAvailableSignaturesProposal(FactoryManager manager) {
    List<String> ours = NamedResource.getNameList(getSignatureFactories());
    return String.join(",", target().hostKey().ordered(ours));
  }

  @Override
  public IoWriteFuture writePacket(Buffer packet) throws IOException {
    stream.awaitRoom(packet, getFutureLock());
    return super.writePacket(packet);
  }

  @Override
  public IoWriteFuture writePacket(Buffer packet, long timeout, TimeUnit unit) throws IOException {
    stream.awaitRoom(packet, getFutureLock());
    return super.writePacket(packet, timeout, unit);
  }
}
