package dev.holdfast.access;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An Ed25519 key that signs: a cluster's signs tickets, a client's proves that a ticket is its own.
 * Immutable; prints nothing secret.
 */
public final class TicketKey {
  /** Bytes of the name of a cluster's key: the first of the SHA-256 of its public half. */
  static final int NAME = 8;

  private final PrivateKey secret;
  private final byte[] shown;

  private TicketKey(PrivateKey secret, byte[] shown) {
    this.secret = secret;
    this.shown = shown;
  }

  /** The key of a pair, whatever its provider. */
  public static TicketKey of(KeyPair pair) {
    return new TicketKey(
        Ed25519.privateKey(Ed25519.rawPrivate(pair.getPrivate())),
        Ed25519.rawPublic(pair.getPublic()));
  }

  /** A fresh key. */
  public static TicketKey generate() {
    try {
      return of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  /** The public half, 32 bytes. */
  public byte[] shown() {
    return shown.clone();
  }

  /** A signature of the concatenation of {@code said}. */
  byte[] sign(byte[]... said) {
    return Ed25519.sign(secret, said);
  }

  /** The same for people: which key it is, and nothing secret. */
  public static String nameOf(byte[] shown) {
    return HexFormat.of().formatHex(name(shown));
  }

  /** The name of the key whose public half this is. */
  static byte[] name(byte[] shown) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(shown), NAME);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
