package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import dev.holdfast.ssh.CertificateSigner;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The authorities' private keys on a token that never shows them. One thread calls the token; each
 * call has a deadline. What fails is tried once more in a new session, so that a token that was
 * away is used again when it is back; a PIN that was refused is not, for tokens lock themselves.
 * Thread-safe.
 */
final class KeyToken {
  /** How long one call of the token may take, with those that wait before it. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_WAITING = 256;
  private static final int ID_BYTES = 16;

  private interface Work<T> {
    T run(TokenKeys keys) throws TokenFailure;
  }

  private final TokenSettings settings;
  private final TokenFunctions functions;
  private final SecureRandom random = new SecureRandom();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("token").factory());

  /** Of the one thread: null if there is no session. */
  private @Nullable TokenKeys session;

  /** Of the one thread: the PIN that was refused last. */
  private @Nullable String refused;

  private KeyToken(TokenSettings settings, TokenFunctions functions) {
    this.settings = settings;
    this.functions = functions;
  }

  /** Loads the module, and logs in to the token. */
  static KeyToken open(TokenSettings settings) throws IOException {
    try {
      KeyToken token = new KeyToken(settings, new TokenFunctions(settings.module()));
      token.on(TokenKeys::all);
      return token;
    } catch (IllegalArgumentException e) {
      throw new KeyUnavailableException(
          "%s is no PKCS #11 module that can be loaded; name the library of the token in 'module'."
              .formatted(settings.module()),
          e);
    }
  }

  // ---- keys ----

  /** All keys that are on the token now and can sign certificates. */
  List<CertificateSigner> all() throws IOException {
    return on(TokenKeys::all).stream()
        .map(this::signer)
        .filter(CertificateSigner::isUsable)
        .toList();
  }

  /**
   * The key with that fingerprint, if it is on the token now. A session may show nothing of a token
   * that is away, so what is not found is looked for in a new one.
   */
  Optional<CertificateSigner> find(String fingerprint) throws IOException {
    Optional<CertificateSigner> found = among(all(), fingerprint);
    if (found.isPresent()) {
      return found;
    }
    submit(() -> {
      leave();
      return true;
    });
    return among(all(), fingerprint);
  }

  private static Optional<CertificateSigner> among(
      List<CertificateSigner> all, String fingerprint) {
    return all.stream().filter(it -> it.key().fingerprint().equals(fingerprint)).findFirst();
  }

  private CertificateSigner signer(TokenKeys.Found key) {
    CertificateSigner.Raw raw = data -> on(keys -> keys.sign(key, data));
    return switch (key.sort()) {
      case ED25519, ED25519_BY_NAME -> CertificateSigner.ed25519(key.point(), raw);
      case P256 -> CertificateSigner.p256(key.point(), raw);
    };
  }

  /** Makes a key. */
  CertificateSigner make(Authority.Kind kind) throws IOException {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    String label = "holdfast %s authority".formatted(kind.name().toLowerCase(Locale.ROOT));
    return on(
            keys -> {
              keys.make(id, label);
              return keys.all();
            })
        .stream()
        .filter(key -> Arrays.equals(key.id(), id))
        .findFirst()
        .map(this::signer)
        .orElseThrow(() -> failed(new TokenFailure(TokenFailure.KEY_MISSING)));
  }

  /** Removes a key that nobody has heard of. */
  void discard(String fingerprint) throws IOException {
    on(keys -> {
      for (TokenKeys.Found key : keys.all()) {
        if (signer(key).key().fingerprint().equals(fingerprint)) {
          keys.discard(key.id());
        }
      }
      return true;
    });
  }

  @Override
  public String toString() {
    return "the token '" + settings.label() + "'";
  }

  // ---- the session ----

  private <T> T on(Work<T> work) throws IOException {
    return submit(() -> attempt(work));
  }

  private <T> T submit(Callable<T> call) throws IOException {
    Future<T> result;
    try {
      result = thread.submit(call);
    } catch (RejectedExecutionException e) {
      throw silent(e);
    }
    try {
      return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      result.cancel(false);
      throw silent(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw silent(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("a call of a token", e);
    }
  }

  private KeyUnavailableException silent(Exception cause) {
    return new KeyUnavailableException(
        "The token '%s' does not answer, so nothing can be certified; see whether its service runs."
            .formatted(settings.label()),
        cause);
  }

  /** Twice: the session may be lost, or the module know of tokens that are others by now. */
  private <T> T attempt(Work<T> work) throws IOException {
    try {
      return work.run(session());
    } catch (TokenFailure e) {
      leave();
      if (e.isOfPin()) {
        throw failed(e);
      }
    }
    try {
      return work.run(session());
    } catch (TokenFailure e) {
      leave();
      throw failed(e);
    }
  }

  private TokenKeys session() throws IOException, TokenFailure {
    TokenKeys now = session == null ? enter() : session;
    session = now;
    return now;
  }

  private TokenKeys enter() throws IOException, TokenFailure {
    String pin = settings.pin().read();
    if (pin.equals(refused)) {
      throw new TokenFailure(TokenFailure.PIN_INCORRECT);
    }
    functions.begin();
    for (long slot : functions.slots(settings.label())) {
      long opened = functions.open(slot);
      try {
        functions.logIn(opened, pin);
      } catch (TokenFailure e) {
        refused = e.isOfPin() ? pin : null;
        throw e;
      }
      refused = null;
      return new TokenKeys(functions, opened);
    }
    throw new TokenFailure(TokenFailure.TOKEN_AWAY);
  }

  /** The module looks for its tokens anew when it is begun again. */
  private void leave() {
    session = null;
    try {
      functions.end();
    } catch (TokenFailure e) {
      // It had not begun.
    }
  }

  private KeyUnavailableException failed(TokenFailure failure) {
    String label = settings.label();
    String sentence =
        switch ((int) failure.code()) {
          case (int) TokenFailure.PIN_INCORRECT,
              (int) TokenFailure.PIN_INVALID,
              (int) TokenFailure.PIN_LENGTH ->
              "The token '%s' refuses its PIN, so nothing can be certified; put the right one into the file of pin-file, or into HOLDFAST_TOKEN_PIN."
                  .formatted(label);
          case (int) TokenFailure.PIN_LOCKED ->
              "The token '%s' has locked itself after wrong PINs; unlock it by its security officer's PIN."
                  .formatted(label);
          case (int) TokenFailure.TOKEN_AWAY ->
              "The token '%s' is not there, so nothing can be certified; connect it again."
                  .formatted(label);
          case (int) TokenFailure.KEY_MISSING ->
              "The token '%s' has the authority's public key without its private one; restore it, or change the authority."
                  .formatted(label);
          default ->
              "The token '%s' fails (%s), so nothing can be certified; connect it again, or see what its service says."
                  .formatted(label, failure.getMessage());
        };
    return new KeyUnavailableException(sentence, failure);
  }
}
