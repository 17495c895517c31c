package dev.holdfast.stream;

import java.io.Serial;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's key agreement, asked once for each pair of keys: simulations use the same few keys
 * thousands of times, and three quarters of their time would go there.
 */
final class RememberedEcdh extends Provider {
  @Serial private static final long serialVersionUID = 1;
  private static final String NAME = "RememberedEcdh";

  private RememberedEcdh() {
    super(NAME, "1", "remembers what was agreed");
    put("KeyAgreement.ECDH", Agreement.class.getName());
  }

  /** Puts it in front of the JDK's own. */
  static void install() {
    Security.insertProviderAt(new RememberedEcdh(), 1);
  }

  static void remove() {
    Security.removeProvider(NAME);
  }

  private record Pair(Key secret, Key peer) {}

  /** Called by name by the JDK. */
  public static final class Agreement extends KeyAgreementSpi {
    private static final Map<Pair, byte[]> AGREED = new HashMap<>();

    private @Nullable Key secret;
    private byte @Nullable [] agreed;

    @Override
    protected void engineInit(Key key, SecureRandom random) {
      secret = key;
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec parameters, SecureRandom random) {
      secret = key;
    }

    @Override
    protected @Nullable Key engineDoPhase(Key key, boolean isLast) {
      Key ours = secret;
      if (ours == null) {
        throw new IllegalStateException("no key");
      }
      synchronized (AGREED) {
        agreed = AGREED.computeIfAbsent(new Pair(ours, key), Agreement::agree);
      }
      return null;
    }

    private static byte[] agree(Pair pair) {
      try {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH", "SunEC");
        agreement.init(pair.secret);
        agreement.doPhase(pair.peer, true);
        return agreement.generateSecret();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected byte[] engineGenerateSecret() {
      byte[] secretBytes = agreed;
      if (secretBytes == null) {
        throw new IllegalStateException("nothing agreed");
      }
      return secretBytes.clone();
    }

    @Override
    protected int engineGenerateSecret(byte[] target, int offset) {
      byte[] all = engineGenerateSecret();
      System.arraycopy(all, 0, target, offset, all.length);
      return all.length;
    }

    @Override
    protected SecretKey engineGenerateSecret(String algorithm)
        throws NoSuchAlgorithmException, InvalidKeyException {
      throw new NoSuchAlgorithmException(algorithm);
    }
  }
}
