package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.server.session.AbstractServerSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service "ssh-userauth" of one connection (RFC 4252): what somebody must say until he is
 * logged in. In place of MINA's, which knows neither forced commands nor options of keys.
 *
 * <p>Requests come on the thread that reads the connection, which may block here. A dialogue has a
 * thread of its own, as its answers come on that one.
 */
final class UserAuthentication extends AbstractCloseable implements Service {
  static final String NAME = "ssh-userauth";

  /** Who is logged in, from then on. */
  static final AttributeKey<Login> LOGIN = new AttributeKey<>();

  /** Of who was let in, for whoever let him in. */
  static final AttributeKey<Entrances.Stay> STAY = new AttributeKey<>();

  /** What who comes in has signed, if he came by a key; until that is decided. */
  static final AttributeKey<SignedLogin> SIGNED = new AttributeKey<>();

  /** Requests of one connection, whatever they ask, as with OpenSSH. */
  static final int MOST_REQUESTS = 1_024;

  private static final Set<String> METHODS =
      Set.of("none", "publickey", "password", "keyboard-interactive");

  private static final String CONNECTION = "ssh-connection";

  private static final Logger log = LoggerFactory.getLogger(UserAuthentication.class);

  private final AbstractServerSession session;
  private final ServerPolicy policy;
  private final String connection;
  private final Attempts attempts;
  private final Map<String, Object> properties = new ConcurrentHashMap<>();

  private @Nullable String user;
  private int requests;
  private int failures;
  private boolean bannerShown;

  /** What the client has signed with, where questions follow; null if there is none. */
  private @Nullable SshPublicKey proven;

  private volatile @Nullable LoginDialogue dialogue;

  UserAuthentication(AbstractServerSession session, ServerPolicy policy) throws SshException {
    if (session.isAuthenticated()) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "Somebody is logged in already.");
    }
    this.session = session;
    this.policy = policy;
    StreamIoSession stream = (StreamIoSession) session.getIoSession();
    connection = String.valueOf(stream.getAttribute(StreamAcceptor.CONNECTION));
    attempts = new Attempts(connection, stream.getRemoteAddress());
    session.setAttribute(Attempts.OF, attempts);
  }

  @Override
  public AbstractServerSession getSession() {
    return session;
  }

  @Override
  public void start() {}

  @Override
  public PropertyResolver getParentPropertyResolver() {
    return session;
  }

  @Override
  public Map<String, Object> getProperties() {
    return properties;
  }

  @Override
  public synchronized void process(int command, Buffer buffer) throws Exception {
    switch (command) {
      case SshConstants.SSH_MSG_USERAUTH_REQUEST -> request(buffer);
      case SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE -> answers(buffer);
      default ->
          throw new SshException(
              SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "Nobody is logged in yet.");
    }
  }

  private void request(Buffer buffer) throws Exception {
    long begun = System.nanoTime();
    abandonDialogue();
    String name = buffer.getString();
    String service = buffer.getString();
    String method = buffer.getString();
    requests++;
    if (requests > MOST_REQUESTS || (user != null && !user.equals(name))) {
      // RFC 4252 5 allows another name; OpenSSH does not, and nothing here needs it.
      session.disconnect(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "The user name may not be changed; connect again.");
      return;
    }
    user = name;
    showBanner();
    if (!service.equals(CONNECTION)) {
      failed(method, begun);
      return;
    }
    switch (method) {
      case "publickey" -> publicKey(name, buffer, begun);
      case "password" -> password(name, buffer, begun);
      case "keyboard-interactive" -> keyboardInteractive(name, begun);
      default -> failed(method, begun);
    }
  }

  /** RFC 4252 7: a key is shown, or has signed. */
  private void publicKey(String name, Buffer buffer, long begun) throws Exception {
    boolean signed = buffer.getBoolean();
    String algorithm = buffer.getString();
    byte[] blob = buffer.getBytes();
    byte[] signature = signed ? buffer.getBytes() : new byte[0];
    Optional<LoginRules.Candidate> candidate =
        policy.methods().contains("publickey")
            ? candidate(name, algorithm, blob)
            : Optional.empty();
    if (candidate.isEmpty()) {
      failed("publickey", begun);
    } else if (!signed) {
      Buffer answer = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      answer.putString(algorithm);
      answer.putBytes(blob);
      session.writePacket(answer);
    } else if (hasSigned(candidate.get(), name, algorithm, blob, signature)) {
      signed(candidate.get(), buffer);
    } else {
      failed("publickey", begun);
    }
  }

  /** RFC 4252 5.1: where questions follow, the key was a partial success. */
  private void signed(LoginRules.Candidate candidate, Buffer buffer) throws Exception {
    if (candidate.askBesides().isEmpty()) {
      succeeded(candidate.login(), buffer);
      return;
    }
    proven = candidate.askBesides().get();
    Buffer answer = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_FAILURE);
    answer.putString("keyboard-interactive");
    answer.putBoolean(true);
    session.writePacket(answer);
  }

  private Optional<LoginRules.Candidate> candidate(String name, String algorithm, byte[] blob) {
    try {
      SshPublicKey shown = SshPublicKey.of(blob);
      attempts.shown(shown);
      return policy.acceptsAlgorithm(shown, algorithm) && isUsable(shown)
          ? policy.rules().byKey(name, session.getClientAddress(), shown)
          : Optional.empty();
    } catch (MalformedKeyException e) {
      log.debug("a key is not one: {}", e.getMessage());
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      log.error("Nobody can log in: {}.", e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isUsable(SshPublicKey shown) throws MalformedKeyException {
    return SignatureCheck.isUsable(
        shown.isCertificate() ? UserCertificate.parse(shown).key() : shown);
  }

  /** RFC 4252 7: the session's identifier and the request are what is signed. */
  private boolean hasSigned(
      LoginRules.Candidate candidate,
      String name,
      String algorithm,
      byte[] blob,
      byte[] signature) {
    Buffer data = new ByteArrayBuffer();
    data.putBytes(session.getSessionId());
    data.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    data.putString(name);
    data.putString(CONNECTION);
    data.putString("publickey");
    data.putBoolean(true);
    data.putString(algorithm);
    data.putBytes(blob);
    SignedLogin login = new SignedLogin(data.getCompactData(), signature);
    return switch (SignatureCheck.verify(
        candidate.key(), SignatureCheck.plainAlgorithm(algorithm), login.data(), signature)) {
      case SignatureCheck.Outcome.Bad() -> false;
      case SignatureCheck.Outcome.Good(int flags) -> {
        boolean counts = isPresent(candidate, flags);
        if (counts) {
          session.setAttribute(SIGNED, login);
        }
        yield counts;
      }
    };
  }

  /**
   * Whether the holder of an authenticator was there as the key's options want it (PROTOCOL.u2f).
   */
  private static boolean isPresent(LoginRules.Candidate candidate, int flags) {
    Permissions may = candidate.login().permissions();
    return !candidate.key().isSecurityKey()
        || ((!may.touchRequired() || (flags & SignatureCheck.TOUCHED) != 0)
            && (!may.verifyRequired() || (flags & SignatureCheck.VERIFIED) != 0));
  }

  /** RFC 4252 8. */
  private void password(String name, Buffer buffer, long begun) throws Exception {
    boolean change = buffer.getBoolean();
    String password = buffer.getString();
    if (change || !policy.methods().contains("password")) {
      failed("password", begun);
      return;
    }
    Dialogue answering = new PasswordAnswers(password);
    Optional<Login> login = byDialogue(name, new Credential.Password(), null, answering);
    if (login.isPresent()) {
      succeeded(login.get(), buffer);
    } else {
      failed("password", begun);
    }
  }

  private Optional<Login> byDialogue(
      String name, Credential credential, @Nullable SshPublicKey key, Dialogue dialogue) {
    try {
      return policy.rules().byDialogue(name, session.getClientAddress(), credential, key, dialogue);
    } catch (IOException | RuntimeException e) {
      log.error("A password could not be checked: {}.", e.getMessage());
      return Optional.empty();
    }
  }

  /** RFC 4256. */
  private void keyboardInteractive(String name, long begun) throws Exception {
    if (!policy.methods().contains("keyboard-interactive")) {
      failed("keyboard-interactive", begun);
      return;
    }
    LoginDialogue asking = new LoginDialogue(session);
    dialogue = asking;
    SshPublicKey key = proven;
    Thread.ofVirtual()
        .name("ssh-dialogue")
        .start(() ->
            ended(
                asking,
                byDialogue(name, new Credential.KeyboardInteractive(), key, asking),
                begun));
  }

  private synchronized void ended(LoginDialogue asking, Optional<Login> login, long begun) {
    if (dialogue != asking || session.isClosing()) {
      return;
    }
    dialogue = null;
    try {
      if (login.isPresent()) {
        succeeded(login.get(), new ByteArrayBuffer());
      } else {
        failed("keyboard-interactive", begun);
      }
    } catch (Exception e) {
      session.exceptionCaught(e);
    }
  }

  private void answers(Buffer buffer) throws Exception {
    LoginDialogue asking = dialogue;
    if (asking == null || !asking.answer(buffer)) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "There are answers without questions.");
    }
  }

  private void abandonDialogue() {
    LoginDialogue asking = dialogue;
    dialogue = null;
    if (asking != null) {
      asking.abandon();
    }
  }

  private void showBanner() throws IOException {
    if (bannerShown) {
      return;
    }
    bannerShown = true;
    Optional<String> banner = policy.banner();
    if (banner.isPresent()) {
      Buffer message = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
      message.putString(banner.get());
      message.putString("");
      session.writePacket(message);
    }
  }

  /** RFC 4252 5.1; whatever comes behind it waits until it is decided that he may come in. */
  private void succeeded(Login login, Buffer buffer) throws Exception {
    Login named = login.on(connection);
    session.setAttribute(LOGIN, named);
    policy.loggedIn(session);
    switch (enter(named)) {
      case Entrances.Entry.Admitted(Terms terms, Entrances.Stay stay) -> {
        session.addCloseFutureListener(future -> stay.ended());
        session.setAttribute(STAY, stay);
        StreamIoSession.of(session).goBy(stay);
        if (!session.isClosing()) {
          Login admitted = named.under(terms);
          session.setAttribute(LOGIN, admitted);
          policy.watch().loggedIn(admitted);
          session.signalAuthenticationSuccess(login.user(), CONNECTION, buffer);
        }
      }
      case Entrances.Entry.Refused(String sentence, boolean full) -> {
        log.info("{} does not come in: {}", login.user(), sentence);
        EnteredConnection.disconnect(
            session,
            full
                ? SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS
                : SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
            sentence);
      }
    }
  }

  private Entrances.Entry enter(Login named) {
    try {
      return policy.entrances().enter(named, new EnteredConnection(session));
    } catch (IOException e) {
      return new Entrances.Entry.Refused(String.valueOf(e.getMessage()));
    } finally {
      session.removeAttribute(SIGNED);
    }
  }

  /** The first "none" asks what there is; it is no failure (RFC 4252 5.2). */
  private void failed(String method, long begun) throws IOException {
    if (!(method.equals("none") && requests == 1)) {
      failures++;
      attempts.failed(String.valueOf(user), METHODS.contains(method) ? method : "another");
      policy.delay().await(String.valueOf(user), begun);
    }
    if (failures >= policy.settings().get(ServerOption.MAX_AUTH_TRIES)) {
      session.disconnect(
          SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
          "Too many authentication failures");
      return;
    }
    Buffer answer = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_FAILURE);
    answer.putString(String.join(",", policy.methods()));
    answer.putBoolean(false);
    session.writePacket(answer);
  }

  @Override
  protected void doCloseImmediately() {
    // Not under the lock: who waits for answers may hold it up.
    LoginDialogue asking = dialogue;
    if (asking != null) {
      asking.abandon();
    }
    super.doCloseImmediately();
  }
}
