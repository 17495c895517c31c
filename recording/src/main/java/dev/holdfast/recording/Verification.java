package dev.holdfast.recording;

import dev.holdfast.access.Recipient;
import java.time.Duration;
import java.util.List;

/**
 * What was found out about a recording.
 *
 * @param recording its name; empty if no part could be read
 * @param signer the fingerprint of the key that signed it, as OpenSSH prints it; empty likewise
 * @param state in a word
 * @param parts that could be read, whole or not
 * @param events that are whole, in parts that follow one another
 * @param bytes of output in them
 * @param length from the first to the last of them
 * @param findings what is wrong, a sentence each
 * @param about what its start says, or its label if that can't be read
 * @param hidden whom it is encrypted to, if some of it could not be read: then its hashes,
 *     signatures, order and sizes were checked, and that is all; empty if all was read
 */
public record Verification(
    String recording,
    String signer,
    State state,
    int parts,
    long events,
    long bytes,
    Duration length,
    List<String> findings,
    About about,
    List<Recipient> hidden) {
  /** In a word. */
  public enum State {
    /** It is as it was recorded, from its first event to its end. */
    WHOLE,
    /** What is there is as it was recorded, and says itself that the recorder was cut off. */
    CUT,
    /** What is there is as it was recorded, but its end is missing: it may still be going on. */
    UNFINISHED,
    /** Something was changed, or is missing. */
    DAMAGED
  }

  public Verification {
    findings = List.copyOf(findings);
    hidden = List.copyOf(hidden);
  }
}
