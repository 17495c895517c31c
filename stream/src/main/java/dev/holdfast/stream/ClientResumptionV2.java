package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The client's knowledge of how to open a stream and to come back to it (PROTOCOL.resume-v2,
 * section 4). Several attempts may be under way at once; each that the server accepted moves the
 * secrets on. Confined like its endpoint.
 */
public final class ClientResumptionV2 {
  private final byte[] announcement;
  private @Nullable SecretsV2 secrets;
  private long counter;
  private long answered;

  /**
   * A stream still to be opened.
   *
   * @param announcement the line in which the server announced this protocol, without its end;
   *     empty if it was not asked
   */
  public ClientResumptionV2(byte[] announcement) {
    this.announcement = announcement.clone();
  }

  /** The hello that opens the stream. */
  public Attempt open(KeyShare share, LinkV2.Position position) {
    return new Attempt(share, HelloV2.open(share.shown(), position.limit()), null, 0);
  }

  /** A hello that resumes the stream; {@code share} must be fresh. */
  public Attempt resume(KeyShare share, LinkV2.Position position) {
    SecretsV2 base = secrets;
    if (base == null) {
      throw new IllegalStateException("the stream was never opened");
    }
    byte[] said = HelloV2.resume(base.id(), ++counter, share.shown(), position);
    return new Attempt(share, join(said, base.clientProof(said)), base, counter);
  }

  /** Whether the server has accepted the stream once. */
  public boolean isOpen() {
    return secrets != null;
  }

  /** What an attempt came to. */
  public sealed interface Outcome {
    /** The server has the stream and proved it. */
    record Accepted(LinkV2.Position peer, Duration patience) implements Outcome {}

    /** The server refused. */
    record Refused(AnswerV2.Why why, String text) implements Outcome {}
  }

  /** One hello, on its way over one connection. */
  public final class Attempt {
    private final KeyShare share;
    private final byte[] hello;
    private final @Nullable SecretsV2 base;
    private final long number;

    private Attempt(KeyShare share, byte[] hello, @Nullable SecretsV2 base, long number) {
      this.share = share;
      this.hello = hello;
      this.base = base;
      this.number = number;
    }

    /** The bytes to send first. */
    public byte[] hello() {
      return hello.clone();
    }

    /**
     * Reads the server's answer.
     *
     * @return null while bytes are missing
     * @throws ProtocolException it is no answer, or its proof is wrong: whoever sent it does not
     *     have the stream; or a later attempt has been answered, and the server may have forgotten
     *     the secrets that this one leads to
     */
    public @Nullable Outcome answer(ByteBuffer input) throws ProtocolException {
      return switch (AnswerV2.read(input)) {
        case null -> null;
        case AnswerV2.Refused(AnswerV2.Why why, String text) -> new Outcome.Refused(why, text);
        case AnswerV2.Accepted accepted -> accepted(accepted);
      };
    }

    private Outcome accepted(AnswerV2.Accepted answer) throws ProtocolException {
      byte[] asked = base == null ? announcement : new byte[0];
      byte[] transcript = SecretsV2.hash(asked, hello, answer.proven());
      byte[] agreed = share.agree(answer.share());
      SecretsV2 next =
          base == null ? SecretsV2.first(agreed, transcript) : base.next(agreed, transcript);
      SecretsV2 prover = base == null ? next : base;
      if (!SecretsV2.same(prover.serverProof(transcript), answer.proof())) {
        throw new ProtocolException("the server's proof is wrong");
      }
      if (number < answered) {
        throw new ProtocolException("a later hello was answered before this one");
      }
      answered = number;
      secrets = next;
      return new Outcome.Accepted(answer.position(), answer.patience());
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }
}
