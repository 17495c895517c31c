package dev.holdfast.ssh;

import java.util.Arrays;

/**
 * What somebody signed to log in to a server, and his signature (RFC 4252 7): it shows to others
 * that he was there. Read and not yet believed.
 *
 * <pre>
 *   string  session identifier
 *   byte    50, SSH_MSG_USERAUTH_REQUEST
 *   string  user name
 *   string  "ssh-connection"
 *   string  "publickey"
 *   boolean TRUE
 *   string  algorithm
 *   string  public key, or certificate
 * </pre>
 *
 * @param data the bytes that were signed
 * @param signature as it is on the wire
 */
public record SignedLogin(byte[] data, byte[] signature) {
  /** Bytes of data and of a signature that are looked at. */
  public static final int MOST_BYTES = 16 * 1024;

  private static final int REQUEST = 50;

  /**
   * What was signed, by whoever holds the key.
   *
   * @param session the session's identifier, which no other session has
   * @param user the name that he logged in by
   * @param shown the key or certificate that he showed
   */
  public record Claim(byte[] session, String user, SshPublicKey shown) {
    public Claim {
      session = session.clone();
    }

    @Override
    public byte[] session() {
      return session.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Claim it
          && Arrays.equals(session, it.session)
          && user.equals(it.user)
          && shown.equals(it.shown);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(session);
    }
  }

  /**
   * What it says, once the signature was found to be that of the key that is shown.
   *
   * @throws MalformedKeyException if it is none, or the signature is another's
   */
  public Claim verified() throws MalformedKeyException {
    if (data.length > MOST_BYTES || signature.length > MOST_BYTES) {
      throw new MalformedKeyException("it is too long");
    }
    Wire wire = new Wire(data);
    byte[] session = wire.string();
    int kind = wire.uint8();
    String user = wire.text();
    boolean known =
        kind == REQUEST
            && wire.text().equals("ssh-connection")
            && wire.text().equals("publickey")
            && wire.bool();
    String algorithm = SignatureCheck.plainAlgorithm(wire.text());
    SshPublicKey shown = SshPublicKey.of(wire.string());
    wire.end();
    SshPublicKey key = shown.isCertificate() ? UserCertificate.parse(shown).key() : shown;
    if (!known || !SignatureCheck.isUsable(key)) {
      throw new MalformedKeyException("it is no login by a key");
    }
    if (SignatureCheck.verify(key, algorithm, data, signature)
        instanceof SignatureCheck.Outcome.Bad) {
      throw new MalformedKeyException("the signature is not the key's");
    }
    return new Claim(session, user, shown);
  }

  /**
   * Whether bytes that are to be signed ask to log a user in with that key, and for nothing else.
   */
  static boolean isRequest(byte[] data, String user, SshPublicKey shown) {
    try {
      Wire wire = new Wire(data);
      wire.string();
      boolean isLogin =
          data.length <= MOST_BYTES
              && wire.uint8() == REQUEST
              && wire.text().equals(user)
              && wire.text().equals("ssh-connection")
              && wire.text().equals("publickey")
              && wire.bool();
      wire.text();
      boolean isItsKey = Arrays.equals(wire.string(), shown.blob());
      wire.end();
      return isLogin && isItsKey;
    } catch (MalformedKeyException e) {
      return false;
    }
  }

  /** Signatures are not for logs. */
  @Override
  public String toString() {
    return "SignedLogin[]";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedLogin it
        && Arrays.equals(data, it.data)
        && Arrays.equals(signature, it.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
