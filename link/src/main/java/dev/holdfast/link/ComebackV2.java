package dev.holdfast.link;

import dev.holdfast.stream.ClientResumptionV2;
import dev.holdfast.stream.ClientResumptionV2.Outcome;
import dev.holdfast.stream.KeyShare;
import dev.holdfast.stream.LinkV2;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** Opens a stream and comes back to it in the words of resume v2. Guarded by the stream's lock. */
final class ComebackV2 implements Comeback {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ResumableStream stream;
  private final ClientResumptionV2 resumption;

  ComebackV2(ResumableStream stream, ClientResumptionV2 resumption) {
    this.stream = stream;
    this.resumption = resumption;
  }

  @Override
  public Attempt begin(Verdict verdict, int leniency, long now) {
    LinkV2 link = new LinkV2(stream.endpoint, stream.chunks, true, leniency, now);
    ClientResumptionV2.Attempt attempt =
        resumption.isOpen()
            ? resumption.resume(keyShare(), link.position())
            : resumption.open(keyShare(), link.position());
    return new Attempt(
        ByteBuffer.wrap(attempt.hello()),
        new PastGreeting(new Answer(attempt, link, verdict, now)));
  }

  /** A fresh key share. */
  static KeyShare keyShare() {
    byte[] bytes = new byte[KeyShare.BYTES];
    RANDOM.nextBytes(bytes);
    return new KeyShare(bytes);
  }

  /** Waits for the server's answer to a hello. */
  private record Answer(
      ClientResumptionV2.Attempt attempt, LinkV2 link, Verdict verdict, long asked)
      implements Opening {
    @Override
    public boolean receive(ByteBuffer input, long now) throws ProtocolException {
      return switch (attempt.answer(input)) {
        case null -> false;
        case Outcome.Accepted accepted -> {
          link.roundTripWas(now - asked);
          link.peerIsAt(accepted.peer(), now);
          verdict.accepted(accepted.patience());
          yield true;
        }
        case Outcome.Refused refused -> {
          if (refused.why().isFinal()) {
            verdict.gone(refused.text());
          } else {
            verdict.later(refused.text());
          }
          throw new ProtocolException(refused.text());
        }
      };
    }
  }
}
