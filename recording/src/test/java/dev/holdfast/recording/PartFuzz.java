package dev.holdfast.recording;

import java.nio.ByteBuffer;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;

/**
 * Fuzz target: what says that it is a part. The first byte decides: even, a file as it is; odd, a
 * block's events behind a head that is right, so that more than signatures is reached.
 */
public final class PartFuzz {
  private static final Signer SIGNER = signer();

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
    Verifier verifier = new Verifier(events::add);
    verifier.add("input", -1, input[0] % 2 == 0 ? rest : inBlock(rest));
    Verification found = verifier.finish();
    boolean whole = found.state() == Verification.State.WHOLE;
    if (found.events() != events.size() || whole != found.findings().isEmpty()) {
      throw new AssertionError(found.toString());
    }
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).number() != i) {
        throw new AssertionError("event " + events.get(i).number() + " in place " + i);
      }
    }
  }

  private static byte[] inBlock(byte[] events) {
    byte[] head =
        new PartHead(Samples.NAME, 0, new byte[RecordingFormat.HASH], 0, 0, 0, SIGNER.shown())
            .signedBy(SIGNER);
    byte[] block =
        ByteBuffer.allocate(RecordingFormat.BLOCK_HEAD + events.length)
            .put(RecordingFormat.KIND_STORED)
            .putInt(events.length)
            .putInt(events.length)
            .put(events)
            .array();
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
}
