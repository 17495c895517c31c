package dev.holdfast.recording;

import dev.holdfast.access.Json;
import dev.holdfast.access.Recipient;
import java.nio.ByteBuffer;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;

/**
 * Fuzz target: what says that it is a part. The first byte decides: even, a file as it is; odd, a
 * block behind a head that is right, so that more than signatures is reached: with 1 its events,
 * with 3 its note and its payload in an encrypted part.
 */
public final class PartFuzz {
  private static final Signer SIGNER = signer();
  private static final List<ReadingKey> KEYS = List.of(ReadingKey.generate());

  private PartFuzz() {}

  private static Signer signer() {
    try {
      return Signer.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Fails if reading ends in another way than a value, or plays what was found to be wrong. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] rest = java.util.Arrays.copyOfRange(input, 1, input.length);
    List<Event> events = new ArrayList<>();
    Verifier verifier = new Verifier(KEYS, events::add);
    verifier.add(
        "input",
        -1,
        switch (input[0] & 3) {
          case 1 -> inBlock(rest, List.of());
          case 3 -> inBlock(rest, List.of(KEYS.getFirst().recipient()));
          default -> rest;
        });
    Verification found = verifier.finish();
    boolean whole = found.state() == Verification.State.WHOLE;
    boolean read = found.hidden().isEmpty();
    if ((read && found.events() != events.size()) || whole != found.findings().isEmpty()) {
      throw new AssertionError(found.toString());
    }
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).number() != i) {
        throw new AssertionError("event " + events.get(i).number() + " in place " + i);
      }
    }
  }

  private static byte[] inBlock(byte[] rest, List<Recipient> recipients) {
    Envelope envelope =
        recipients.isEmpty()
            ? null
            : Envelope.seal(recipients, Samples.NAME, 0, new byte[PartCipher.KEY], Json.members());
    byte[] head =
        new PartHead(
                Samples.NAME, 0, new byte[RecordingFormat.HASH], 0, 0, 0, SIGNER.shown(), envelope)
            .signedBy(SIGNER);
    byte[] block = envelope == null ? plain(rest) : encrypted(rest);
    var hash = RecordingFormat.hash();
    byte[] link = hash.digest(head);
    hash.update(link);
    byte[] next = hash.digest(block);
    byte[] signature = SIGNER.sign(RecordingFormat.sealSigned(), next);
    return ByteBuffer.allocate(head.length + block.length + next.length + 1 + signature.length)
        .put(head)
        .put(block)
        .put(next)
        .put(RecordingFormat.KIND_SEAL)
        .put(signature)
        .array();
  }

  private static byte[] plain(byte[] events) {
    return ByteBuffer.allocate(RecordingFormat.BLOCK_HEAD + events.length)
        .put(RecordingFormat.KIND_STORED)
        .putInt(events.length)
        .putInt(events.length)
        .put(events)
        .array();
  }

  /** The note as it comes; what stands behind it is encrypted as it should be. */
  private static byte[] encrypted(byte[] rest) {
    byte[] note = java.util.Arrays.copyOf(rest, BlockNote.BYTES);
    byte[] events =
        java.util.Arrays.copyOfRange(rest, Math.min(rest.length, BlockNote.BYTES), rest.length);
    byte[] beside =
        ByteBuffer.allocate(RecordingFormat.BLOCK_HEAD + BlockNote.BYTES)
            .put(RecordingFormat.KIND_ENCRYPTED)
            .putInt(events.length + PartCipher.TAG)
            .putInt(events.length)
            .put(note)
            .array();
    byte[] sealed =
        new PartCipher(new byte[PartCipher.KEY])
            .seal(ByteBuffer.wrap(note).getLong(), beside, events);
    return ByteBuffer.allocate(beside.length + sealed.length).put(beside).put(sealed).array();
  }
}
