package dev.holdfast.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;

/**
 * What shows that a ticket's holder has its key (PROTOCOL.ticket, section 3): a signature that
 * counts for one ticket and one hello, and in answer to a challenge for that one only.
 */
public final class TicketProof {
  /** Bytes of a proof. */
  public static final int BYTES = Ed25519.SIGNATURE;

  private static final byte[] ANSWER = context("holdfast ticket v1 answer\0");
  private static final byte[] RESUME = context("holdfast ticket v1 resume\0");
  private static final byte[] NO_NONCE = new byte[0];

  private TicketProof() {}

  /**
   * For a resume, in the same flight.
   *
   * @param hello the stream's hello, all of it, with its fresh share
   */
  public static byte[] resume(TicketKey client, byte[] ticket, byte[] hello) {
    return client.sign(RESUME, NO_NONCE, hash(ticket), hash(hello));
  }

  /**
   * In answer to a challenge.
   *
   * @param hello the stream's hello; empty where only the ticket is to be renewed
   */
  public static byte[] answer(TicketKey client, byte[] ticket, byte[] nonce, byte[] hello) {
    return client.sign(ANSWER, nonce, hash(ticket), hash(hello));
  }

  /** Whether {@code proof} is what {@link #resume} makes with the key of {@code ticket}. */
  public static boolean provesResume(Ticket ticket, byte[] encoded, byte[] hello, byte[] proof) {
    return proves(ticket, RESUME, NO_NONCE, encoded, hello, proof);
  }

  /** Whether {@code proof} is what {@link #answer} makes with the key of {@code ticket}. */
  public static boolean provesAnswer(
      Ticket ticket, byte[] encoded, byte[] nonce, byte[] hello, byte[] proof) {
    return proves(ticket, ANSWER, nonce, encoded, hello, proof);
  }

  private static boolean proves(
      Ticket ticket, byte[] context, byte[] nonce, byte[] encoded, byte[] hello, byte[] proof) {
    try {
      return Ed25519.verifies(
          Ed25519.publicKey(ticket.clientKey()), proof, context, nonce, hash(encoded), hash(hello));
    } catch (InvalidKeyException e) {
      return false;
    }
  }

  private static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static byte[] context(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
